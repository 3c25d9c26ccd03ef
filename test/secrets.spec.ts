import { freePort } from '@shop/otlp/free-port';
import { OtlpReceiver } from '@shop/otlp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverSpan } from './support/server-span.ts';
import { TracedApp } from './support/traced-app.ts';

const secrets = {
  authorization: 'Bearer hush-bearer',
  'proxy-authorization': 'Basic hush-basic',
  cookie: 'sid=hush-sid',
  'x-api-key': 'hush-key',
  'X-Auth-Token': 'hush-auth',
  'x-amz-security-token': 'hush-amz',
  'x-csrf-token': 'hush-csrf',
  baggage: 'user=hush-user',
};
const headers = {
  ...secrets,
  referer: 'https://shop.test/reset?token=hush-referer&page=2',
  origin: 'https://me:hush-origin@shop.test',
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-proto': 'https',
  'x-request-id': 'seen-7',
};

describe.each([
  ['express', 'plain'],
  ['fastify', 'plain'],
  ['express', 'other keys'],
  ['express', 'own serializers'],
  ['express', 'custom props'],
])('the logger that we bring, on %s, with %s', (ADAPTER, PINO) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('secrets-app', { env: { ADAPTER, PINO } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  it('rule 37: headers that hold secrets are redacted on lines and events, others are not', async () => {
    for (const path of ['/page?api_key=hush-query', '/cookies']) {
      await app.trace(path, { headers });
    }
    const written = app.output + JSON.stringify(app.receiver.spans, bigintsAsText);
    expect(written.match(/hush-\w+/g) ?? []).toEqual([]);
    for (const shown of ['seen-7', '203.0.113.7', 'page=2', '[Redacted]']) {
      expect(app.output).toContain(shown);
    }
    const line = app.lines.find(({ msg }) => msg === 'request completed');
    if (PINO === 'plain') {
      expect(line).toMatchObject({
        req: {
          url: '/page?api_key=REDACTED',
          headers: {
            'x-api-key': '[Redacted]',
            'x-forwarded-for': '203.0.113.7',
            'x-forwarded-proto': 'https',
            referer: 'https://shop.test/reset?token=REDACTED&page=2',
            origin: 'https://REDACTED@shop.test',
          },
        },
        // Fastify gives its headers to Node where no logger sees them.
        ...(ADAPTER === 'express' && {
          res: {
            headers: {
              'set-cookie': '[Redacted]',
              location: '/next?token=REDACTED&page=2#access_token=REDACTED',
            },
          },
        }),
      });
    }
    // Numbers are no secrets, nor are fields of the app's own.
    if (PINO === 'own serializers') expect(line).toMatchObject({ req: { code: 7 } });
    if (PINO === 'custom props') expect(line).toMatchObject({ code: 'E1' });
  });
});

it.each(['express', 'fastify'])(
  'rule 37: whoever prints a request of %s sees nothing of the tracing',
  async (ADAPTER) => {
    await using app = await TracedApp.start('secrets-app', { env: { ADAPTER } });
    const response = await app.fetch('/printed');
    expect(await response.json()).toEqual([]);
  },
);

it("rules 19, 37: an app's own LoggerModule writes what it is set to, and the event shows no secret", async () => {
  await using app = await TracedApp.start('secrets-app', { env: { LOGGER: 'own' } });
  const spans = await app.trace('/page?api_key=hush-query', { headers });
  expect(app.output).toContain('hush-key');
  const [event] = serverSpan(spans).events;
  expect(event?.name).toBe('request completed');
  expect(JSON.stringify(spans, bigintsAsText).match(/hush-\w+/g) ?? []).toEqual([]);
  expect(event?.attributes).toMatchObject({
    'req.url': '/page?api_key=REDACTED',
    'req.headers.x-api-key': '[Redacted]',
    'req.headers.x-request-id': 'seen-7',
    'req.headers.referer': 'https://shop.test/reset?token=REDACTED&page=2',
    'res.headers.set-cookie': '[Redacted]',
  });
});

describe.each(['jaeger', 'xray'])('backend %s', (TRACING_BACKEND) => {
  it.each(['/fail', '/recorded'])(
    'rule 37: the user info of a URL is in nothing that is exported: %s',
    async (path) => {
      await using app = await TracedApp.start('secrets-app', { env: { TRACING_BACKEND } });
      const { traceId } = serverSpan(await app.trace(path));
      const exported = JSON.stringify(app.receiver.spansOfTrace(traceId), bigintsAsText);
      expect(exported).not.toMatch(/hush|\/\/me:/);
      expect(exported).toContain('postgres://REDACTED@db:5432/shop');
    },
  );
});

it('rule 37: nor is a part of it where a limit of the SDK cuts a text', async () => {
  for (const limit of [16, 20, 24, 28]) {
    const env = { OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: String(limit) };
    await using app = await TracedApp.start('secrets-app', { env });
    const exported = JSON.stringify(await app.trace('/recorded'), bigintsAsText);
    expect(exported).toContain('postgres://REDACTED');
    expect(exported).not.toMatch(/hush|ss\/h|\/\/me:/);
  }
});

it('rule 37: the error of a handler keeps the rest of its message, its stack and its causes', async () => {
  await using app = await TracedApp.start('secrets-app');
  const spans = await app.trace('/fail');
  const handler = spans.find(({ name }) => name === 'Pages.fail');
  const message = 'connect ECONNREFUSED postgres://REDACTED@db:5432/shop';
  expect(handler?.status).toEqual({ code: 'ERROR', message });
  const [event] = handler?.events ?? [];
  expect(event?.attributes['exception.message']).toBe(message);
  expect(event?.attributes['exception.stacktrace']).toMatch(
    /^Error: connect ECONNREFUSED postgres:\/\/REDACTED@db:5432\/shop\n[^]*at Pages\.fail[^]*caused by: Error: no postgres:\/\/REDACTED@db:5432\/shop/,
  );
});

it('rule 37: the password of an endpoint is never written, and the endpoint is used', async () => {
  const receiver = await OtlpReceiver.start();
  const endpoint = `http://me:hush-hush@127.0.0.1:${receiver.port}`;
  await using app = await TracedApp.start('secrets-app', {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
  });
  await app.fetch('/page');
  await receiver.waitFor((spans) => spans.length > 0);
  await app.stop();
  await receiver.close();
  const shown = `http://REDACTED@127.0.0.1:${receiver.port}`;
  expect(app.output).toContain(`endpoint ${shown} (OTEL_EXPORTER_OTLP_ENDPOINT)`);
  expect(app.output).toContain(`spans go to OTLP/gRPC at ${shown}`);
  expect(app.output + app.errors).not.toContain('hush-hush');
});

it('rule 37: nor in the warning that spans could not be exported', async () => {
  const port = await freePort();
  await using app = await TracedApp.start('secrets-app', {
    env: {
      OPTIONS: JSON.stringify({ endpoint: `http://me:hush-hush@127.0.0.1:${port}` }),
      // Nothing is exported before the end.
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    },
  });
  await (await app.fetch('/page')).text();
  await app.stop();
  expect(app.output).toContain(`could be exported to http://REDACTED@127.0.0.1:${port}`);
  expect(app.output + app.errors).not.toContain('hush-hush');
});

it.each([
  ['http://me:hush-hush@h:4318/v1/traces'],
  ['http://me:hush@-hush@h'],
  ['me:hush-hush@h:4317'],
  ['http:/me:hush-hush@h:4317/path'],
  ['ftp://me:hush-hush@h:4317'],
  ['http://h:4317/?api-key=hush-hush#x'],
])('rule 37: nor in an error or a warning about a wrong one: %s', async (endpoint) => {
  const isRight = endpoint.includes('?');
  await using asOption = await TracedApp.start('secrets-app', {
    env: { OPTIONS: JSON.stringify({ endpoint }) },
    serves: isRight,
  });
  await using asVariable = await TracedApp.start('secrets-app', {
    env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint },
  });
  await asVariable.stop();
  if (isRight) await asOption.stop();
  else await asOption.exit;
  for (const { output, errors } of [asOption, asVariable]) {
    expect(output + errors).toMatch(/endpoint/i);
    expect(output + errors).not.toContain('hush');
  }
});

function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
