import { trace } from '@opentelemetry/api';
import pino from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SpanRecorder } from '../../test-support/span-recorder.js';
import { tracedLogger } from '../../test-support/written-lines.js';
import type { RequestLines } from './line-hook.js';
import { traceLogger } from './trace-logger.js';
import { xray } from '../backends/xray/xray.js';

let recorder: SpanRecorder;
beforeEach(() => {
  recorder = new SpanRecorder();
});
afterEach(() => recorder.dispose());

const requests: RequestLines = {
  key: 'responseTime',
  isLeftOut: (fields) => 'ignored' in fields,
  appOf: () => undefined,
  spanOf: (fields) => Reflect.get(fields, 'span') as never,
  isMadeUp: () => false,
};

function messages(written: readonly string[]): unknown[] {
  return written.map((line) => (JSON.parse(line) as { msg: string }).msg);
}

it('rule 29: leaves out lines of requests that are picked, also of children, and no others', () => {
  const { log, written } = tracedLogger({}, { requests });
  for (const one of [log, log.child({ a: 1 }), log.child({}, { level: 'trace' })]) {
    one.info({ responseTime: 1, ignored: true }, 'left out');
    one.info({ responseTime: 1 }, 'request');
    one.info({ ignored: true }, 'fields');
    one.info('text');
    one.error(new Error('error'));
  }
  const each = ['request', 'fields', 'text', 'error'];
  expect(messages(written)).toEqual([...each, ...each, ...each]);
});

it('rule 17: the line of a request is added to its own span, whichever is active', () => {
  const { log, written } = tracedLogger({ serializers: { span: () => undefined } }, { requests });
  const server = recorder.tracer.startSpan('server');
  recorder.tracer.startActiveSpan('handler', (handler) => {
    handler.end();
    log.info({ responseTime: 1, span: server }, 'request completed');
  });
  server.end();
  expect(recorder.span('server').events.map(({ name }) => name)).toEqual(['request completed']);
  expect(written[0]).toContain(server.spanContext().spanId);
});

it('rule 21: a line whose level is off is not made, and level changes at run time are followed', () => {
  const { log, written } = tracedLogger({ level: 'info' });
  const child = log.child({});
  recorder.tracer.startActiveSpan('span', (span) => {
    log.debug('off');
    child.debug('off');
    log.level = 'debug';
    log.debug('on');
    log.child({}).debug('child of now');
    log.level = 'silent';
    log.fatal('off');
    span.end();
  });
  expect(messages(written)).toEqual(['on', 'child of now']);
  expect(recorder.span('span').events.map(({ name }) => name)).toEqual(['on', 'child of now']);
  const asked = vi.spyOn(trace, 'getActiveSpan');
  log.info('off');
  expect(asked).not.toHaveBeenCalled();
});

it('a line that is written while another one is being written has its own level and event', () => {
  const { log } = tracedLogger({
    mixin: (_fields, level) => {
      if (level === 40) log.error('inner');
      return {};
    },
  });
  recorder.tracer.startActiveSpan('span', (span) => {
    log.warn('outer');
    span.end();
  });
  expect(
    recorder.span('span').events.map(({ name, attributes }) => [name, attributes?.['level']]),
  ).toEqual([
    ['inner', 'error'],
    ['outer', 'warn'],
  ]);
});

it('a serializer that throws leaves no trace in the lines after it', () => {
  const fault = (): never => {
    throw new Error('bad serializer');
  };
  const { log, written } = tracedLogger({ serializers: { a: fault } });
  recorder.tracer.startActiveSpan('span', (span) => {
    expect(() => log.info({ a: 1 }, 'x')).toThrow('bad serializer');
    span.end();
  });
  log.info('outside');
  expect(written).toEqual(['{"level":30,"msg":"outside"}\n']);
});

it('a logger that outlives an app goes by the options of the next one', () => {
  const { log, written, stop } = tracedLogger({}, { requests, ...xray.logLines });
  stop();
  traceLogger(log, { spanEvents: false });
  recorder.tracer.startActiveSpan('span', (span) => {
    log.info({ responseTime: 1, ignored: true }, 'written');
    span.end();
  });
  expect(written[0]?.match(/trace_id/g)).toHaveLength(1);
  expect(recorder.span('span').events).toEqual([]);
});

it('rule 36: a logger is as it was once every app that writes by it has stopped', () => {
  const { log, written, stop } = tracedLogger();
  const { log: untouched } = tracedLogger();
  const members = (of: object): string[] =>
    Object.getOwnPropertySymbols(of).map(({ description }) => description ?? '');
  const stopOther = traceLogger(log, {});
  const child = log.child({ a: 1 });
  stop();
  recorder.tracer.startActiveSpan('span', () => {
    log.info('one app is left');
    stopOther();
    log.info('none is left');
    child.info('of a child');
  });
  expect(written.map((line) => line.includes('trace_id'))).toEqual([true, false, false]);
  expect(members(log)).toEqual(members(pino({})));
  expect(members(untouched)).not.toEqual(members(log));
});

it('a logger that is not of pino is left alone', () => {
  const other = { info: () => {} };
  traceLogger(other as never, { requests });
  expect(Object.getOwnPropertySymbols(other)).toEqual([]);
});

it('options of pino are composed with: mixin, hooks, formatters, nested key, line ends', () => {
  const called: string[] = [];
  const { log, written } = tracedLogger({
    crlf: true,
    nestedKey: 'payload',
    mixin: () => ({ mixed: 1 }),
    formatters: {
      log: (o) => ({ ...o, f: 1 }),
    },
    hooks: {
      logMethod(args, method) {
        called.push('logMethod');
        method.apply(this, args);
      },
      streamWrite: (line) => line.replace('secret', '******'),
    },
  });
  recorder.tracer.startActiveSpan('span', (active) => {
    log.child({ a: 1 }).info({ b: 'secret' }, 'x');
    active.end();
  });
  expect(called).toEqual(['logMethod']);
  expect(written[0]).toMatch(
    /^\{"level":30,"a":1,"payload":\{"mixed":1,"b":"\*{6}","f":1\},"msg":"x","trace_id":"\w{32}","span_id":"\w{16}","trace_flags":"01"\}\r\n$/,
  );
  expect(recorder.span('span').events[0]?.attributes).toEqual({
    level: 'info',
    a: 1,
    'payload.mixed': 1,
    'payload.b': '******',
    'payload.f': 1,
  });
});
