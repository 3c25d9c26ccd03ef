import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AWSXRayRemoteSampler } from '@opentelemetry/sampler-aws-xray';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { readSettings } from '../../options/read-settings.js';
import { xraySampler } from './xray-sampler.js';
import type { StoppableSampler } from '../backend.js';

const rule = {
  Version: 1,
  ReservoirSize: 0,
  ResourceARN: '*',
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
};
const rules = [
  {
    ...rule,
    RuleName: 'Shop',
    ServiceName: 'shop',
    URLPath: '/orders/*',
    Priority: 1,
    FixedRate: 1,
  },
  { ...rule, RuleName: 'Default', Priority: 10_000, FixedRate: 0 },
];

interface Statistics {
  readonly SamplingStatisticsDocuments: { RuleName: string; RequestCount: number }[];
}

/** What the collector serves of X-Ray. */
let xray: Server;
let endpoint = '';
let isHanging = false;
let waiting = 0;
const asked: string[] = [];
const statistics: Statistics[] = [];
beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  xray = createServer((request, response) => {
    asked.push(request.url ?? '');
    waiting++;
    response.once('close', () => waiting--);
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      if (isHanging) return;
      if (request.url === '/GetSamplingRules') {
        const records = rules.map((SamplingRule) => ({ SamplingRule }));
        response.end(JSON.stringify({ SamplingRuleRecords: records }));
        return;
      }
      statistics.push(JSON.parse(body) as Statistics);
      const targets = [{ RuleName: 'Shop', FixedRate: 0, Interval: 10 }];
      const answer = { SamplingTargetDocuments: targets, LastRuleModification: 0 };
      response.end(JSON.stringify(answer));
    });
  });
  xray.listen(0, '127.0.0.1');
  await once(xray, 'listening');
  endpoint = `http://127.0.0.1:${(xray.address() as AddressInfo).port}`;
});
afterAll(() => {
  xray.closeAllConnections();
  xray.close();
});

let sampler: StoppableSampler | undefined;
afterEach(() => {
  sampler?.stop();
  vi.useRealTimers();
  isHanging = false;
  asked.length = statistics.length = 0;
});

function start(where: string, warn: (message: string) => void = () => {}): StoppableSampler {
  const { settings } = readSettings(
    { service: 'shop', sampling: 'xray' },
    { env: { OTEL_TRACES_SAMPLER_ARG: `endpoint=${where}` } },
  );
  sampler = xraySampler(
    AWSXRayRemoteSampler,
    settings,
    resourceFromAttributes({ 'service.name': 'shop' }),
    warn,
  );
  return sampler;
}

/** How many of ten requests are recorded. */
function recorded(path: string): number {
  const traceIds = Array.from({ length: 10 }, (_, n) => `${n}`.repeat(8) + 'f'.repeat(24));
  return traceIds.filter((traceId) => {
    const attributes = { 'url.path': path, 'http.request.method': 'GET' };
    const { decision } = sampler!.shouldSample(
      ROOT_CONTEXT,
      traceId,
      'GET',
      SpanKind.SERVER,
      attributes,
      [],
    );
    return decision === SamplingDecision.RECORD_AND_SAMPLED;
  }).length;
}

it('samples by the rules of the console, and then by the targets of X-Ray', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const warnings: string[] = [];
  start(endpoint, (message) => warnings.push(message));
  await vi.waitFor(() => expect(recorded('/orders/1')).toBe(10), 5000);
  expect(recorded('/pages')).toBe(0);

  vi.advanceTimersByTime(11_000);
  await vi.waitFor(() => expect(recorded('/orders/1')).toBe(0), 5000);
  const { SamplingStatisticsDocuments: counted } = statistics[0]!;
  expect(counted.find(({ RuleName }) => RuleName === 'Default')?.RequestCount).toBe(10);
  expect(warnings).toEqual([]);
});

it('falls back where no collector answers, and warns once', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const warnings: string[] = [];
  start('http://127.0.0.1:1', (message) => warnings.push(message));
  await vi.waitFor(() => expect(warnings).toHaveLength(1), 5000);
  expect(warnings[0]).toContain(
    'could not be fetched from http://127.0.0.1:1: connect ECONNREFUSED',
  );
  expect(recorded('/orders/1')).toBeLessThan(10);
  vi.advanceTimersByTime(330_000);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(warnings).toHaveLength(1);
});

it('once it is stopped, no request is made any more, and open requests are destroyed', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  isHanging = true;
  const warnings: string[] = [];
  const { stop } = start(endpoint, (message) => warnings.push(message));
  await vi.waitFor(() => expect(waiting).toBe(1), 5000);
  stop();
  await vi.waitFor(() => expect(waiting).toBe(0), 5000);
  const before = asked.length;
  vi.advanceTimersByTime(600_000);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(asked).toHaveLength(before);
  expect(warnings).toEqual([]);
});
