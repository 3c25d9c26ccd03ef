import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import type { Span } from '@shop/otlp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverSpan } from './support/server-span.ts';
import { TracedApp } from './support/traced-app.ts';
import { treeOfApp } from './support/tree-of-app.ts';

const xray = { TRACING_BACKEND: 'xray', AWS_EC2_METADATA_DISABLED: 'true' };

async function start(
  env: Record<string, string> = xray,
  node: readonly string[] = [],
): Promise<TracedApp> {
  const PROTO = fileURLToPath(new URL('fixtures/streams.proto', import.meta.url));
  const GRPC_PORT = await freePort();
  return TracedApp.start('xray-app', { env: { PROTO, GRPC_PORT, ...env }, node });
}

/** A request as it comes through a load balancer, and all spans of its trace. */
async function trace(app: TracedApp, path: string, spans = 1): Promise<Span[]> {
  const time = Math.floor(Date.now() / 1000).toString(16);
  const rest = crypto.randomUUID().replaceAll('-', '').slice(8);
  const headers = { 'x-amzn-trace-id': `Self=1-2-3;Root=1-${time}-${rest}` };
  await (await app.fetch(path, { headers })).text();
  const of = (all: readonly Span[]): Span[] => all.filter((one) => one.traceId === time + rest);
  return of(await app.receiver.waitFor((all) => of(all).length >= spans));
}

/** What an HTTP server of a test is told, and where it is. */
async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('what X-Ray needs of the spans', () => {
  let app: TracedApp;
  beforeAll(async () => {
    const TRACING_ANNOTATE = 'order.sku,order.id';
    app = await start({ ...xray, TRACING_ANNOTATE });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  it('the trace of a request through a load balancer', async () => {
    const spans = await trace(app, '/place', 5);
    expect(treeOfApp(spans)).toMatchInlineSnapshot(`
      "
      app SERVER GET /place 200
        app INTERNAL Orders.place
          app CLIENT GET 200
          app CLIENT streams.Streams/Unary 200 OK
            app SERVER streams.Streams/Unary 200 OK
      "
    `);
    const attributesOf = (name: string, kind: Span['kind']): Span['attributes'] =>
      spans.find((span) => span.name === name && span.kind === kind)!.attributes;
    expect(attributesOf('GET /place', 'SERVER')).toMatchObject({
      'nestjs.controller': 'Pages',
      'nestjs.callback': 'place',
    });
    expect(attributesOf('Orders.place', 'INTERNAL')).toMatchObject({
      'order.sku': 'tea',
      'aws.xray.annotations': ['order.sku'],
    });
    expect(attributesOf('GET', 'CLIENT')).toMatchObject({ 'peer.service': '127.0.0.1' });
    expect(attributesOf('streams.Streams/Unary', 'CLIENT')).toMatchObject({
      'peer.service': 'streams.Streams',
      'http.response.status_code': 200,
    });
    expect(attributesOf('streams.Streams/Unary', 'SERVER')).not.toHaveProperty('peer.service');
  });

  it('the ids on the lines are those that X-Ray shows', async () => {
    const [span] = await trace(app, '/place', 5);
    const { traceId } = span!;
    const id = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
    await expect
      .poll(() => app.lines.find(({ msg }) => msg === 'placing'), { timeout: 20_000 })
      .toBeDefined();
    const line = app.lines.findLast(({ msg }) => msg === 'placing');
    expect(line).toMatchObject({ trace_id: traceId, xray_trace_id: id });
  });

  it('a trace that begins here has an id that begins with the time', async () => {
    const before = Math.floor(Date.now() / 1000);
    const ids = (await (await app.fetch('/ids')).json()) as Record<string, string>;
    const [, seconds, rest] = ids['xrayTraceId']!.split('-');
    expect(ids['traceId']).toBe(`${seconds}${rest}`);
    const time = Number.parseInt(seconds!, 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it('rule 16: a trace goes on under its Root also where it is continued by hand', async () => {
    const answer = await (await app.fetch('/message')).json();
    expect(answer).toMatchObject({ seen: '1-67891233-abcdef012345678912345678' });
  });

  it("a gRPC status that is the caller's fault is HTTP's 404 to X-Ray", async () => {
    const spans = await trace(app, '/missing', 3);
    const [client, server] = (['CLIENT', 'SERVER'] as const).map((kind) =>
      spans.find((span) => span.kind === kind && span.name === 'streams.Streams/Unary'),
    );
    expect(client!.attributes['http.response.status_code']).toBe(404);
    expect(server!.attributes['http.response.status_code']).toBe(404);
    expect(server!.status.code).toBe('UNSET');
  });

  it.each([
    ['/fail', 'Orders.fail', ['TypeError: no such order', 'RangeError: the index is broken']],
    ['/handled', 'Orders.handle', ['RangeError: late']],
  ])('%s: the stacks of errors can be parsed by the exporter', async (path, name, errors) => {
    const spans = await trace(app, path, 2);
    const { events } = spans.find((span) => span.name === name)!;
    const told = events.map((event) => event.attributes);
    expect(events.every((event) => event.name === 'exception')).toBe(true);
    expect(
      told.map((one) => `${String(one['exception.type'])}: ${String(one['exception.message'])}`),
    ).toEqual(errors);
    for (const one of told) {
      const stack = String(one['exception.stacktrace']);
      expect(stack).toMatch(/^ {4}at .*\(\/.*\/dist\/test-fixtures\/xray-app\.js:\d+:\d+\)$/m);
      expect(stack).not.toMatch(/file:|node:/);
    }
    // pino-http makes an error of a 5xx, which nobody has thrown.
    const messages = spans.flatMap((span) =>
      span.events.map(({ attributes }) => attributes['exception.message']),
    );
    expect(messages).not.toContain('failed with status code 500');
  });
});

/** What the agent of ECS says of a container and its task. */
function ecsMetadata(): Server {
  const arn = 'arn:aws:ecs:eu-central-1:123456789012';
  return createServer((request, response) => {
    const task = {
      Cluster: 'shop',
      TaskARN: `${arn}:task/shop/1234`,
      Family: 'orders',
      Revision: '7',
      LaunchType: 'FARGATE',
    };
    const container = {
      ContainerARN: `${arn}:container/shop/1234/5678`,
      LogDriver: 'awslogs',
      LogOptions: {
        'awslogs-group': '/ecs/found',
        'awslogs-region': 'eu-central-1',
        'awslogs-stream': 'ecs/orders/1234',
      },
    };
    response.end(JSON.stringify(request.url?.endsWith('/task') ? task : container));
  });
}

describe('the resource on ECS', () => {
  const agent = ecsMetadata();
  let ECS_CONTAINER_METADATA_URI_V4 = '';
  beforeAll(async () => {
    ECS_CONTAINER_METADATA_URI_V4 = await listen(agent);
  });
  afterAll(() => {
    agent.closeAllConnections();
    agent.close();
  });

  async function resourceOf(env: Record<string, string>): Promise<Span['resource']> {
    await using app = await start({ ...xray, ECS_CONTAINER_METADATA_URI_V4, ...env });
    const [span] = await trace(app, '/ids');
    expect(app.output).not.toContain('Backend xray: detected');
    return span!.resource;
  }

  it('is where the task runs, and is small', async () => {
    const resource = await resourceOf({});
    expect(resource).toMatchObject({
      'service.name': 'app',
      'cloud.platform': 'aws_ecs',
      'aws.ecs.launchtype': 'fargate',
      'aws.ecs.task.family': 'orders',
      'aws.log.group.names': ['/ecs/found'],
      'aws.log.group.arns': ['arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/found'],
    });
    expect(Object.keys(resource).filter((key) => /^(host\.id|process|os)/.test(key))).toEqual([]);
    expect(JSON.stringify(resource).length).toBeLessThan(3000);
  });

  it.each<[string, Record<string, string>]>([
    ['TRACING_LOG_GROUPS', { TRACING_LOG_GROUPS: '/ecs/given' }],
    ['OTEL_RESOURCE_ATTRIBUTES', { OTEL_RESOURCE_ATTRIBUTES: 'aws.log.group.names=/ecs/given' }],
  ])('log groups given by %s stand alone: none that is found goes before them', async (_, env) => {
    const resource = await resourceOf(env);
    expect([resource['aws.log.group.names']].flat()).toEqual(['/ecs/given']);
    expect(resource).not.toHaveProperty('aws.log.group.arns');
    expect(resource['cloud.platform']).toBe('aws_ecs');
  });

  it('log groups given by ARN', async () => {
    const arn = 'arn:aws:logs:eu-central-1:999999999999:log-group:/ecs/given';
    const resource = await resourceOf({ TRACING_LOG_GROUPS: `${arn}:*` });
    expect(resource).toMatchObject({
      'aws.log.group.names': ['/ecs/given'],
      'aws.log.group.arns': [arn],
    });
  });
});

it('without AWS around, one line says what was not found, and spans go their way', async () => {
  await using app = await start();
  expect(await trace(app, '/ids')).toHaveLength(1);
  const told = () => app.lines.filter(({ msg }) => msg?.startsWith('Backend xray: detected'));
  await expect.poll(told, { timeout: 20_000 }).toHaveLength(1);
  expect(told()[0]!.msg).toMatchInlineSnapshot(
    `"Backend xray: detected no AWS environment (ECS, EKS, EC2, Lambda), so segments have no origin; and no log group, so the console shows no log lines of a trace (set the option logGroups)."`,
  );
  expect(serverSpan(await trace(app, '/ids')).resource).not.toHaveProperty('host.id');
});

it('a metadata service that does not answer delays neither the start nor for long the spans', async () => {
  const silent = createServer(() => {});
  const ECS_CONTAINER_METADATA_URI_V4 = await listen(silent);
  try {
    await using app = await start({ ...xray, ECS_CONTAINER_METADATA_URI_V4 });
    const [span] = await trace(app, '/ids');
    expect(span!.resource).toMatchObject({ 'service.name': 'app' });
    expect(await app.stop()).toBe('SIGTERM');
    // What looks around is not traced.
    expect(app.receiver.spanCount).toBe(1);
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});

it("rule 16: where the caller leaves it open, a user's sampler sees no parent", async () => {
  await using app = await start({ ...xray, SAMPLER: 'own' });
  const seen = async (header: string): Promise<unknown> => {
    const { traceId } = (await (
      await app.fetch('/ids', { headers: { 'x-amzn-trace-id': header } })
    ).json()) as { traceId: string };
    const of = (all: readonly Span[]): Span[] => all.filter((one) => one.traceId === traceId);
    return serverSpan(of(await app.receiver.waitFor((all) => of(all).length > 0))).attributes[
      'saw.parent'
    ];
  };
  const root = (): string => `Root=1-67891233-${crypto.randomUUID().replaceAll('-', '').slice(8)}`;
  const parent = '53995c3f42cd8ad8';
  expect(await seen(root())).toBe('none');
  expect(await seen(`${root()};Parent=${parent};Sampled=?`)).toBe('none');
  expect(await seen(`${root()};Parent=${parent};Sampled=0`)).toBe(parent);
  expect(await seen(`${root()};Sampled=1`)).not.toBe('none');
});

describe('packages that only X-Ray needs', () => {
  /** Tells which packages of X-Ray are loaded, by `import` or by `require`. */
  const spy =
    "import { registerHooks } from 'node:module'; registerHooks({ resolve(name, context, next) {" +
    ' const found = next(name, context);' +
    ' if (/@opentelemetry.(id-generator|sampler|resource-detector)-aws/.test(found.url)) console.error(found.url);' +
    ' return found; } });';
  const node = ['--import', `data:text/javascript,${encodeURIComponent(spy)}`];

  it.each<[string, Record<string, string>, string[]]>([
    ['jaeger', {}, []],
    ['xray', xray, ['id-generator-aws-xray', 'resource-detector-aws']],
    ['jaeger with sampling xray', { TRACING_SAMPLING: 'xray' }, ['sampler-aws-xray']],
  ])('backend %s loads just what it needs', async (_, env, packages) => {
    await using app = await start(env, node);
    await (await app.fetch('/ids')).text();
    const loaded = app.errors.matchAll(/node_modules\/@opentelemetry\/([^/]+-aws[^/]*)/g);
    expect([...new Set([...loaded].map(([, name]) => name))].toSorted()).toEqual(packages);
  });
});

it('without the packages that only X-Ray needs an app starts, and says what to install', async () => {
  const hide =
    "import { registerHooks } from 'node:module'; registerHooks({ resolve(name, context, next) {" +
    ' if (!/(id-generator|sampler)-aws-xray$/.test(name)) return next(name, context);' +
    " throw Object.assign(new Error('no ' + name), { code: 'ERR_MODULE_NOT_FOUND' }); } });";
  const node = ['--import', `data:text/javascript,${encodeURIComponent(hide)}`];
  await using app = await start({ ...xray, TRACING_SAMPLING: 'xray' }, node);
  expect(await trace(app, '/ids')).toHaveLength(1);
  for (const name of ['id-generator-aws-xray', 'sampler-aws-xray']) {
    const told = app.lines.filter(({ msg }) => msg?.includes(`npm install @opentelemetry/${name}`));
    expect(told).toHaveLength(1);
  }
});

describe("sampling 'xray'", () => {
  const rule = {
    Version: 1,
    ReservoirSize: 0,
    ResourceARN: '*',
    ServiceName: 'app',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: 'GET',
    URLPath: '*',
  };

  it('rules of the console decide, and what asks for them is no trace of its own', async () => {
    const asked: string[] = [];
    const collector = createServer((request, response) => {
      asked.push(request.url ?? '');
      const rules = [
        { ...rule, RuleName: 'Ids', URLPath: '/ids', FixedRate: 1, Priority: 1 },
        { ...rule, RuleName: 'Default', FixedRate: 0, Priority: 10_000 },
      ];
      response.end(
        JSON.stringify({ SamplingRuleRecords: rules.map((SamplingRule) => ({ SamplingRule })) }),
      );
    });
    const endpoint = await listen(collector);
    try {
      await using app = await start({
        ...xray,
        TRACING_SAMPLING: 'xray',
        OTEL_TRACES_SAMPLER_ARG: `endpoint=${endpoint}`,
      });
      /** How many of ten requests are recorded. */
      const sampledOf = async (path: string): Promise<number> => {
        let sampled = 0;
        for (let n = 0; n < 10; n++) {
          const { isSampled } = (await (await app.fetch(path)).json()) as { isSampled: boolean };
          if (isSampled) sampled++;
        }
        return sampled;
      };
      await expect.poll(() => sampledOf('/ids'), { timeout: 20_000 }).toBe(10);
      expect(await sampledOf('/other')).toBe(0);
      expect(app.output).not.toContain('could not be fetched');
      expect(asked).toEqual(['/GetSamplingRules']);
      const spans = await app.receiver.waitFor((all) => all.length >= 10);
      expect(new Set(spans.map((span) => span.name))).toEqual(new Set(['GET /ids']));
      expect(await app.stop()).toBe('SIGTERM');
    } finally {
      collector.closeAllConnections();
      collector.close();
    }
  });

  it('without a collector one request per second is recorded, and one warning is logged', async () => {
    await using app = await start({
      ...xray,
      TRACING_SAMPLING: 'xray',
      AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:1',
    });
    const told = (): number =>
      app.lines.filter(({ msg }) => msg?.includes('sampling rules of X-Ray could not be fetched'))
        .length;
    await expect.poll(told, { timeout: 20_000 }).toBe(1);
    await expect
      .poll(
        async () => {
          await (await app.fetch('/ids')).text();
          return app.receiver.spanCount;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);
    expect(told()).toBe(1);
  });
});
