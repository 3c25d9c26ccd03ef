import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readSettings } from './read-settings.js';
import type { Settings } from './settings.js';
import type { TracingOptions } from './tracing-options.js';
import { TracingSettingsError } from './settings-errors.js';

const folder = mkdtempSync(join(tmpdir(), 'settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(
  options?: object,
  env: Record<string, string> = {},
  main = 'dist/apps/orders/main.js',
) {
  const mainScript = join(folder, main);
  return readSettings(options as TracingOptions, { env, mainScript, cwd: folder });
}

function issues(options: object): { option: string; message: string }[] {
  try {
    read(options);
  } catch (error) {
    if (error instanceof TracingSettingsError) return error.issues;
    throw error;
  }
  throw new Error('nothing was thrown');
}

it('has the defaults of the table', () => {
  const { settings, warnings } = read();
  expect(warnings).toEqual([]);
  expect(settings).toMatchObject({
    service: 'orders',
    backend: 'jaeger',
    endpoint: 'http://localhost:4317',
    logGroups: [],
    sampling: 1,
    logger: undefined,
    publicEndpoint: false,
    propagateTo: undefined,
    annotate: [],
    handlerSpans: true,
    instrumentations: [],
    spanProcessors: [],
    resource: {},
    shutdownTimeout: 2000,
    propagators: undefined,
    rpcConventions: 'old',
  });
  expect(new Set(Object.values(settings.sources))).toEqual(new Set(['Nest project', 'default']));
});

/** An option, a variable that stands for it, and what each of them says here. */
it.each<[keyof TracingOptions, unknown, string, string, unknown]>([
  ['service', 'mine', 'OTEL_SERVICE_NAME', 'theirs', 'theirs'],
  ['backend', 'none', 'TRACING_BACKEND', 'xray', 'xray'],
  ['endpoint', 'http://a:1', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'https://b:2', 'https://b:2'],
  ['endpoint', 'http://a:1', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://c:3', 'http://c:3'],
  ['logGroups', ['/ecs/a'], 'TRACING_LOG_GROUPS', '/ecs/b, /ecs/c', ['/ecs/b', '/ecs/c']],
  ['sampling', 0.5, 'TRACING_SAMPLING', '0.25', 0.25],
  ['sampling', 'dormant', 'TRACING_SAMPLING', 'xray', 'xray'],
  ['sampling', 1, 'OTEL_TRACES_SAMPLER', 'parentbased_always_off', 0],
  ['publicEndpoint', true, 'TRACING_PUBLIC_ENDPOINT', 'keep-id', 'keep-id'],
  ['annotate', ['a'], 'TRACING_ANNOTATE', 'b,c', ['b', 'c']],
  ['shutdownTimeout', 1, 'TRACING_SHUTDOWN_TIMEOUT', '500', 500],
])('%s: the option %j beats %s', (option, given, variable, text, value) => {
  const both = read({ [option]: given }, { [variable]: text }).settings;
  expect(both).toMatchObject({ [option]: given, sources: { [option]: 'option' } });
  const { settings, warnings } = read({}, { [variable]: text });
  expect(settings).toMatchObject({ [option]: value, sources: { [option]: variable } });
  expect(warnings).toEqual([]);
});

it('the variable for traces beats the general one, and an empty one counts as not set', () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:1' };
  const endpoint = (more: object): string => read({}, { ...env, ...more }).settings.endpoint;
  expect(endpoint({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b:2' })).toBe('http://b:2');
  expect(endpoint({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '' })).toBe('http://a:1');
});

it('invalid options throw one error with what was given and expected for each', () => {
  const found = issues({
    service: ' ',
    backend: 'zipkin',
    endpoint: 'http://localhost:4318/v1/traces',
    logGroups: ['no spaces'],
    sampling: 1.5,
    logger: 'pino',
    publicEndpoint: 'yes',
    propagateTo: ['https://api/'],
    annotate: ['order id'],
    ignore: { http: ['health'] },
    handlerSpans: 1,
    instrumentations: [{}],
    spanProcessors: {},
    resource: [],
    shutdownTimeout: -1,
    sampeling: 1,
  });
  expect(found.map(({ option, message }) => `${option}: ${message}`)).toMatchInlineSnapshot(`
    [
      "sampeling: unknown option. Did you mean sampling?",
      "service: expected a non-empty string, but got ' '.",
      "backend: expected one of 'jaeger', 'xray', 'none', but got 'zipkin'.",
      "endpoint: expected an OTLP/gRPC endpoint such as http://localhost:4317, but got 'http://localhost:4318/v1/traces'. This is an OTLP/HTTP endpoint. Use the one for gRPC, without a path; its default port is 4317.",
      "logGroups: expected a list of CloudWatch log group names (1 to 512 of a-z A-Z 0-9 _ - / . #), or a list of ARNs (arn:aws:logs:<region>:<account>:log-group:<name>), but got [ 'no spaces' ].",
      "sampling: expected a ratio from 0 to 1, 'dormant', 'xray' or an OpenTelemetry Sampler, but got 1.5.",
      "logger: expected false or the parameters of nestjs-pino, but got 'pino'.",
      "publicEndpoint: expected true, false, 'keep-id' or a function of the request, but got 'yes'.",
      "propagateTo: expected a list of hosts (without scheme and path) or regular expressions, but got [ 'https://api/' ].",
      "annotate: expected at most 50 keys of X-Ray annotations, each 1 to 500 of a-z A-Z 0-9 _ . -, but got [ 'order id' ].",
      "ignore: expected \`http\` to be a list of paths that begin with a slash, or regular expressions, but got [ 'health' ].",
      "handlerSpans: expected true or false, but got 1.",
      "instrumentations: expected a list of OpenTelemetry instrumentations, but got [ {} ].",
      "spanProcessors: expected a list of OpenTelemetry span processors, but got {}.",
      "resource: expected an object of attributes, but got [].",
      "shutdownTimeout: expected a whole number of milliseconds from 0 to 600000, but got -1.",
    ]
  `);
});

it.each([{ http: ['/a', /b/] }, { grpc: ['p.S/M'] }, { defaults: false }])(
  'ignore: %j',
  (ignore) => {
    const { http, grpc, userAgents } = read({ ignore }).settings.ignore;
    if ('defaults' in ignore) {
      expect([http, grpc, userAgents]).toEqual([[], [], []]);
    } else {
      expect(http).toEqual(expect.arrayContaining(['/health', ...(ignore.http ?? [])]));
      expect(grpc).toEqual(expect.arrayContaining([...(ignore.grpc ?? [])]));
    }
  },
);

it('TRACING_IGNORE distinguishes paths and methods', () => {
  const { http, grpc } = read({}, { TRACING_IGNORE: '/internal,shop.Shop/Ping' }).settings.ignore;
  expect(http).toContain('/internal');
  expect(grpc).toContain('shop.Shop/Ping');
});

it.each([
  ['TRACING_BACKEND', 'zipkin', { backend: 'jaeger' }],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4317', { endpoint: 'http://localhost:4317' }],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector', { endpoint: 'http://localhost:4317' }],
  ['TRACING_SAMPLING', 'half', { sampling: 1 }],
  ['OTEL_TRACES_SAMPLER', 'jaeger_remote', { sampling: 1 }],
  ['TRACING_PUBLIC_ENDPOINT', 'maybe', { publicEndpoint: false }],
  ['TRACING_LOG_GROUPS', 'a b', { logGroups: [] }],
  ['TRACING_IGNORE', 'health', {}],
  ['TRACING_SHUTDOWN_TIMEOUT', '2s', { shutdownTimeout: 2000 }],
  ['OTEL_SDK_DISABLED', 'yes', { backend: 'jaeger' }],
  ['OTEL_PROPAGATORS', 'b3', { propagators: undefined }],
  ['OTEL_BSP_SCHEDULE_DELAY', 'soon', {}],
  ['OTEL_SPAN_EVENT_COUNT_LIMIT', '-1', {}],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http/protobuf', {}],
  ['OTEL_TRACES_EXPORTER', 'zipkin', {}],
  ['OTEL_METRICS_EXPORTER', 'otlp', {}],
  ['OTEL_LOGS_EXPORTER', 'otlp', {}],
  ['OTEL_CONFIG_FILE', 'otel.yaml', {}],
  ['OTEL_RESOURCE_ATTRIBUTES', 'team', {}],
])('a wrong variable is one warning, and the default holds: %s=%s', (name, text, expected) => {
  const { settings, warnings } = read({}, { [name]: text });
  expect(settings).toMatchObject(expected);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(name);
  expect(warnings[0]).toContain(text);
});

it.each(['a b=secret', 'x-bin=secret', 'k=secret%0a', 'k=secreté', 'secret'])(
  'headers that gRPC does not accept are reported without their values: %s',
  (text) => {
    const { warnings } = read({}, { OTEL_EXPORTER_OTLP_HEADERS: text });
    expect(warnings).toEqual([expect.stringContaining('OTEL_EXPORTER_OTLP_HEADERS')]);
    expect(warnings[0]).not.toContain('secret');
  },
);

it('headers as gRPC takes them are no warning', () => {
  const env = { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=abc%20d, X-Scope = team=a' };
  expect(read({}, env).warnings).toEqual([]);
});

it('an invalid argument of the sampler is reported by the name of its variable', () => {
  const env = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 'most' };
  expect(read({}, env).warnings).toEqual([expect.stringContaining('OTEL_TRACES_SAMPLER_ARG')]);
});

it.each([
  [{ OTEL_SDK_DISABLED: 'TRUE' }, { backend: 'jaeger' }, 'none'],
  [{ OTEL_SDK_DISABLED: 'false' }, {}, 'jaeger'],
  [{ OTEL_TRACES_EXPORTER: 'none' }, {}, 'none'],
  [{ NODE_ENV: 'test' }, {}, 'none'],
  [{ VITEST: 'true' }, {}, 'none'],
  [{ JEST_WORKER_ID: '1' }, {}, 'none'],
  [{ NODE_ENV: 'test' }, { backend: 'jaeger' }, 'jaeger'],
  [{ NODE_ENV: 'test', TRACING_BACKEND: 'jaeger' }, {}, 'jaeger'],
])('the backend with %j and %j is %s', (env, options, backend) => {
  expect(read(options, env as unknown as Record<string, string>).settings.backend).toBe(backend);
});

it('handler spans are off with xray, unless enabled', () => {
  const handlerSpans = (options: object): boolean => read(options).settings.handlerSpans;
  expect(handlerSpans({ backend: 'xray' })).toBe(false);
  expect(handlerSpans({ backend: 'xray', handlerSpans: true })).toBe(true);
});

it.each<[string, Settings['rpcConventions']]>([
  ['http,rpc', 'new'],
  ['rpc/dup', 'dup'],
  ['database', 'old'],
])('OTEL_SEMCONV_STABILITY_OPT_IN=%s means %s', (text, conventions) => {
  const { settings } = read({}, { OTEL_SEMCONV_STABILITY_OPT_IN: text });
  expect(settings.rpcConventions).toBe(conventions);
});

it('what the SDK takes is read with the other variables', () => {
  const { settings, warnings } = read(
    {},
    {
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_BSP_MAX_QUEUE_SIZE: '0',
      OTEL_ATTRIBUTE_COUNT_LIMIT: '7',
      OTEL_SPAN_EVENT_COUNT_LIMIT: 'many',
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '10',
      OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '20',
      OTEL_LOG_LEVEL: 'ERROR',
      AWS_EC2_METADATA_DISABLED: 'TRUE',
    },
  );
  expect(settings).toMatchObject({
    batching: { scheduledDelayMillis: 50, maxQueueSize: undefined },
    spanLimits: {
      attributeCountLimit: 7,
      attributeValueLengthLimit: 20,
      eventCountLimit: 128,
      linkCountLimit: undefined,
    },
    diagnosticsLevel: 'ERROR',
    isInstanceMetadataOff: true,
  });
  expect(warnings).toHaveLength(2);
});

it.each([
  ['team=a%20b, region = eu', { team: 'a b', region: 'eu' }],
  ['team=a,region', {}],
  ['team=a=b', {}],
  ['team=%', {}],
  ['=a', {}],
  [`team=${'a'.repeat(256)}`, {}],
])('OTEL_RESOURCE_ATTRIBUTES=%s: none holds if one is wrong', (text, attributes) => {
  const { settings } = read({}, { OTEL_RESOURCE_ATTRIBUTES: text });
  expect(settings.resourceVariables).toEqual(attributes);
});

it('finds name and version of a service where it lies', () => {
  const write = (path: string, content: object): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(content));
  };
  const found = (main: string, env = {}): unknown[] => {
    const { settings, warnings } = read({}, env, main);
    return [settings.service, settings.serviceVersion, warnings.length];
  };
  expect(found('somewhere/main.js')).toEqual(['unknown_service:node', undefined, 1]);
  write('package.json', { name: '@acme/shop', version: '2.0.0' });
  write('apps/orders/package.json', { name: '@acme/orders-app', version: '1.2.3' });
  expect(found('dist/apps/orders/main.js')).toEqual(['orders', '1.2.3', 0]);
  expect(found('dist/apps/orders/src/main.js')).toEqual(['orders', '1.2.3', 0]);
  expect(found('dist/apps/payments/main.cjs')).toEqual(['payments', '2.0.0', 0]);
  expect(found('dist/main.js')).toEqual(['shop', '2.0.0', 0]);
  const env = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=a%20b,service.version=9' };
  expect(found('dist/main.js', env)).toEqual(['a b', '9', 0]);
});

function isRefused(options: TracingOptions): boolean {
  try {
    read(options);
    return false;
  } catch (error) {
    return error instanceof TracingSettingsError;
  }
}

const arn = 'arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/orders';

it.each([
  [['/ecs/orders', 'shared#1'], true],
  [[arn, `${arn}:*`, arn.replace('aws', 'aws-us-gov')], true],
  [[arn, '/ecs/orders'], false],
  [[arn.replace('123456789012', 'me')], false],
  [['arn:aws:ecs:eu-central-1:123456789012:cluster/shop'], false],
  [['x'.repeat(513)], false],
])('log groups %j: %s', (given, isRight) => {
  const inResource = { 'aws.log.group.arns': given };
  const inVariable = { OTEL_RESOURCE_ATTRIBUTES: `aws.log.group.names=${given.join('&')}` };
  for (const options of [{ logGroups: given }, { resource: inResource }]) {
    expect(isRefused(options)).toBe(!isRight);
  }
  expect(read({}, { TRACING_LOG_GROUPS: given.join() }).warnings).toHaveLength(isRight ? 0 : 1);
  expect(read({}, inVariable).warnings).toHaveLength(isRight ? 0 : 1);
});

it.each([
  [['order.sku', 'http.request.header.x-tenant', 'a_1'], true],
  [Array.from({ length: 51 }, (_, n) => `key${n}`), false],
  [['order/sku'], false],
  [['注文'], false],
  [[''], false],
])('annotations %j: %s', (annotate, isRight) => {
  expect(isRefused({ annotate })).toBe(!isRight);
});

it.each<[Record<string, string>, string, number]>([
  [{}, 'http://localhost:2000', 300],
  [{ OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://collector:2000/' }, 'http://collector:2000', 300],
  [
    {
      OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://c:1, polling_interval=60',
      AWS_XRAY_DAEMON_ADDRESS: 'd:2',
    },
    'http://c:1',
    60,
  ],
  [{ AWS_XRAY_DAEMON_ADDRESS: '169.254.79.129:2000' }, 'http://169.254.79.129:2000', 300],
  [{ AWS_XRAY_DAEMON_ADDRESS: 'udp:d:1 tcp:d:2' }, 'http://d:2', 300],
])(
  'sampling xray, %j: its rules are fetched from %s every %s s',
  (env, endpoint, pollingInterval) => {
    const { settings, warnings } = read({ sampling: 'xray' }, env);
    expect(settings.samplingRules).toEqual({ endpoint, pollingInterval });
    expect(warnings).toEqual([]);
  },
);

it.each<Record<string, string>>([
  { OTEL_TRACES_SAMPLER_ARG: '0.5' },
  { OTEL_TRACES_SAMPLER_ARG: 'endpoint=collector:2000' },
  { OTEL_TRACES_SAMPLER_ARG: 'polling_interval=1' },
  { AWS_XRAY_DAEMON_ADDRESS: 'not an address' },
])('sampling xray, %j: a warning is logged, and the default is used', (env) => {
  const { settings, warnings } = read({ sampling: 'xray' }, env);
  expect(settings.samplingRules.endpoint).toBe('http://localhost:2000');
  expect(warnings).toEqual([expect.stringContaining(Object.keys(env)[0]!)]);
  expect(read({ sampling: 1 }, env).warnings).toEqual([]);
});
