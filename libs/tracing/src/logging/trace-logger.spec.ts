import { Writable } from 'node:stream';
import { context, trace } from '@opentelemetry/api';
import pino, { type LogFn, type LoggerOptions } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpanRecorder } from '../../test-support/span-recorder.js';
import { tracedLogger } from '../../test-support/written-lines.js';
import { traceLogger } from './trace-logger.js';
import { xray } from '../backends/xray/xray.js';

let recorder: SpanRecorder;
beforeEach(() => {
  recorder = new SpanRecorder();
});
afterEach(() => recorder.dispose());

function inSpan(body: () => void): (typeof recorder.spans)[number] {
  recorder.tracer.startActiveSpan('span', (span) => {
    body();
    span.end();
  });
  return recorder.span('span');
}

it('rule 17: ids follow what the line has; rule 21: without a span it stays as it is', () => {
  const { log, written } = tracedLogger();
  log.info('outside');
  const { traceId, spanId } = inSpan(() => {
    log.info({ a: 1 }, 'inside');
    log.child({ b: 2 }).info('child');
  }).spanContext();
  const ids = `"trace_id":"${traceId}","span_id":"${spanId}","trace_flags":"01"}\n`;
  expect(written).toEqual([
    '{"level":30,"msg":"outside"}\n',
    `{"level":30,"a":1,"msg":"inside",${ids}`,
    `{"level":30,"b":2,"msg":"child",${ids}`,
  ]);
});

it('rule 17: a child that was made before has the ids too', () => {
  const parent = pino({ base: null }, new Writable({ write: (_c, _e, done) => done() }));
  const child = parent.child({ early: true });
  traceLogger(parent, {});
  expect(inSpan(() => child.info('x')).events).toHaveLength(1);
});

it('rule 18: an event has the name, the level, the context and the flattened fields', () => {
  const { log } = tracedLogger();
  const fields = {
    context: 'Orders',
    order: { lines: [{ sku: 'a' }], tags: ['x', 'y'], total: 3.5, gift: false },
    nothing: null,
  };
  const [event] = inSpan(() => log.warn(fields, 'placed %s', 'it')).events;
  expect(event).toMatchObject({
    name: 'placed it',
    attributes: {
      level: 'warn',
      'logger.context': 'Orders',
      'order.lines': '[{"sku":"a"}]',
      'order.tags': ['x', 'y'],
      'order.total': 3.5,
      'order.gift': false,
    },
  });
  expect(event?.attributes).not.toHaveProperty('nothing');
});

it('rule 18: an error in the line becomes exception.*, and sets error=true from level error on', () => {
  const { log } = tracedLogger();
  const error = Object.assign(new TypeError('torn'), { page: 7 });
  const span = inSpan(() => {
    log.warn(error);
    expect(recorder.spans).toEqual([]);
  });
  expect(span.attributes).toEqual({});
  expect(span.events[0]?.attributes).toMatchObject({
    'exception.type': 'TypeError',
    'exception.message': 'torn',
    'exception.stacktrace': error.stack,
    'err.page': 7,
  });
  recorder = new SpanRecorder();
  expect(inSpan(() => tracedLogger().log.error('bad')).attributes).toEqual({ error: true });
});

it.each<[string, LoggerOptions, object, string]>([
  ['a path', { redact: ['user.password'] }, { user: { password: 'hush' } }, '[Redacted]'],
  ['removed', { redact: { paths: ['password'], remove: true } }, { password: 'hush' }, ''],
  ['a serializer', { serializers: { card: () => '****' } }, { card: 'hush' }, '****'],
  ['a formatter', { formatters: { log: () => ({ clean: 1 }) } }, { password: 'hush' }, ''],
  [
    'a stream hook',
    { hooks: { streamWrite: (s) => s.replace('hush', '***') } },
    { a: 'hush' },
    '***',
  ],
])(
  'rule 19: no secret reaches an event that the line does not show: %s',
  (_, options, fields, shown) => {
    const { log, written } = tracedLogger(options);
    const span = inSpan(() => log.info(fields, 'x'));
    expect(written.join('')).not.toContain('hush');
    const event = JSON.stringify(span.events);
    expect(event).not.toContain('hush');
    expect(event).toContain(shown);
  },
);

it('knows renamed keys, custom levels and levels by their labels', () => {
  const { log } = tracedLogger(
    {
      messageKey: 'message',
      errorKey: 'failure',
      customLevels: { notice: 35 },
      formatters: { level: (label) => ({ level: label }) },
    },
    { contextKey: 'where' },
  );
  const { events, attributes } = inSpan(() => {
    (log as unknown as Record<'notice', LogFn>).notice({ where: 'Here' }, 'seen');
    log.error(new Error('torn'), 'failed');
  });
  expect(events).toMatchObject([
    { name: 'seen', attributes: { level: 'notice', 'logger.context': 'Here' } },
    { name: 'failed', attributes: { level: 'error', 'exception.message': 'torn' } },
  ]);
  expect(attributes).toEqual({ error: true });
});

it('`spanEvents` keeps lower levels, or all, away from the span', () => {
  const events = (spanEvents: string | false): string[] => {
    const { log } = tracedLogger({ level: 'debug' }, { spanEvents });
    const span = recorder.tracer.startSpan('span');
    context.with(trace.setSpan(context.active(), span), () => {
      log.debug('debug');
      log.warn('warn');
    });
    span.end();
    return recorder.spans.at(-1)?.events.map((event) => event.name) ?? [];
  };
  expect(events('warn')).toEqual(['warn']);
  expect(events('trace')).toEqual(['debug', 'warn']);
  expect(events(false)).toEqual([]);
});

it('a logger that is traced again writes its ids once', () => {
  const { log, written } = tracedLogger();
  traceLogger(log, {});
  expect(inSpan(() => log.info('x')).events).toHaveLength(1);
  expect(written[0]?.match(/trace_id/g)).toHaveLength(1);
});

it.each([
  ['says the same as the mixin of the app', (id: string) => ({ trace_id: id }), {}],
  ['says something else', () => ({ trace_id: 'theirs' }), { given_trace_id: 'theirs' }],
])('rule 17: an ID that the app itself adds is in no line twice: %s', (_, given, left) => {
  for (const way of ['fields', 'bindings', 'mixin', 'formatter'] as const) {
    recorder = new SpanRecorder();
    let own = {};
    const { log, written } = tracedLogger({
      ...(way === 'mixin' && { mixin: () => ({ ...own }) }),
      ...(way === 'formatter' && { formatters: { log: (fields) => ({ ...fields, ...own }) } }),
    });
    const span = inSpan(() => {
      own = given(trace.getActiveSpan()!.spanContext().traceId);
      const writer = way === 'bindings' ? log.child(own) : log;
      writer.info({ a: { trace_id: 'inner' }, ...(way === 'fields' && own) }, 'x');
    });
    expect(written[0]?.match(/"trace_id"/g)).toHaveLength(2); // the one of `a` as well
    const { traceId, spanId } = span.spanContext();
    expect(JSON.parse(written[0]!)).toEqual({
      level: 30,
      a: { trace_id: 'inner' },
      msg: 'x',
      ...left,
      trace_id: traceId,
      span_id: spanId,
      trace_flags: '01',
    });
    expect(span.events[0]?.attributes).toEqual({ level: 'info', 'a.trace_id': 'inner', ...left });
  }
});

it('for X-Ray: lines carry its form of the id, and only errors become events, named `exception`', () => {
  const { log, written } = tracedLogger({}, xray.logLines);
  const error = new TypeError('torn');
  const span = inSpan(() => {
    log.info('nothing special');
    log.error('no error object');
    log.warn({ err: error, context: 'Orders', sku: 'tea' }, 'could not place');
  });
  const { traceId } = span.spanContext();
  for (const line of written) {
    expect(JSON.parse(line)).toMatchObject({
      trace_id: traceId,
      xray_trace_id: `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`,
    });
  }
  expect(span.attributes).toEqual({ error: true });
  expect(span.events).toMatchObject([
    {
      name: 'exception',
      attributes: {
        level: 'warn',
        'logger.context': 'Orders',
        'log.message': 'could not place',
        'exception.type': 'TypeError',
        'exception.message': 'torn',
        'exception.stacktrace': error.stack,
        sku: 'tea',
      },
    },
  ]);
  expect(span.events[0]?.attributes).not.toHaveProperty('xray_trace_id');
});
