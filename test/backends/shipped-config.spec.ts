import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { Collector } from './collector.ts';
import { XRayStub } from './xray-stub.ts';

const shipped = fileURLToPath(
  new URL('../../deploy/aws/collector/otel-config.yaml', import.meta.url),
);

/** The Go module proxy does not have these at the version of the awsxray exporter: the collector here is without. */
const NOT_HERE = { receivers: 'awsxray', processors: 'resource/xray' } as const;

interface Config {
  receivers: Record<string, unknown>;
  processors: Record<string, unknown>;
  service: { pipelines: Record<string, { receivers: string[]; processors: string[] }> };
}

const folder = mkdtempSync(join(tmpdir(), 'shipped-'));
const config = join(folder, 'otel-config.yaml');
let stub: XRayStub;

beforeAll(async () => {
  writeFileSync(config, stringify(withoutWhatIsNotHere(readFileSync(shipped, 'utf8'))));
  stub = await XRayStub.start();
});
afterAll(async () => {
  await stub?.close();
  rmSync(folder, { recursive: true });
});

function withoutWhatIsNotHere(text: string): Config {
  const whole = parse(text) as Config;
  const { traces } = whole.service.pipelines;
  for (const kind of ['receivers', 'processors'] as const) {
    expect(Object.keys(whole[kind])).toContain(NOT_HERE[kind]);
    expect(traces?.[kind]).toContain(NOT_HERE[kind]);
    delete whole[kind][NOT_HERE[kind]];
    traces![kind] = traces![kind].filter((name) => name !== NOT_HERE[kind]);
  }
  return whole;
}

it('the collector finds nothing wrong with the shipped configuration', () => {
  const validate = () =>
    execFileSync(inject('collector'), ['validate', '--config', config], { encoding: 'utf8' });
  expect(validate()).toBe('');
});

it('the shipped configuration takes spans and makes segments of them', async () => {
  const collector = await Collector.start(inject('collector'), config, stub.url);
  try {
    const response = await fetch(`${collector.otlpHttp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: spans() }] }] }),
    });
    expect(response.status).toBe(200);
    await vi.waitFor(() => expect(stub.documents).toHaveLength(2), { timeout: 20_000 });
    // What `attributes/xray` is for: the exporter reads the names that were before the stable ones.
    expect(stub.documents).toMatchObject([
      { name: 'bank.test', namespace: 'remote' },
      {
        name: 'shop',
        namespace: 'remote',
        sql: { sanitized_query: 'SELECT 1', database_type: 'postgresql' },
      },
    ]);
    expect(collector.said).not.toMatch(/\t(warn|error)\t/);
  } finally {
    await collector.stop();
  }
});

/** A call by HTTP and one of a database, of somebody who knows the stable conventions only. */
function spans(): object[] {
  const now = BigInt(Date.now()) * 1_000_000n;
  const client = {
    traceId: '5759e988bd862e3fe1be46a994272793',
    parentSpanId: '4c721bf33e3caf8f',
    kind: 3,
    startTimeUnixNano: String(now - 1_000_000n),
    endTimeUnixNano: String(now),
  };
  const http = { 'http.request.method': 'GET', 'server.address': 'bank.test' };
  const database = {
    'server.address': 'db.test',
    'db.system.name': 'postgresql',
    'db.namespace': 'shop',
    'db.query.text': 'SELECT 1',
  };
  return [
    { ...client, spanId: '53995c3f42cd8ad8', name: 'GET', attributes: listOf(http) },
    { ...client, spanId: '53995c3f42cd8ad9', name: 'SELECT shop', attributes: listOf(database) },
  ];
}

function listOf(attributes: Readonly<Record<string, string>>): object[] {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
