import { expect, test } from 'vitest';
import { LogBook } from './log-book.ts';

test('lines of a trace are kept, everything else is left out', () => {
  const book = new LogBook();
  book.add('orders', 'Starting...');
  book.add('orders', '{ not JSON');
  book.add('orders', '{"level":30,"msg":"no trace"}');
  book.add('orders', '{"level":30,"msg":"placed","trace_id":"t","span_id":"s"}');
  book.add('gateway', '{"level":"warn","msg":"hm","trace_id":"t","span_id":"r"}');
  expect(book.linesOf('t')).toEqual([
    { service: 'orders', traceId: 't', spanId: 's', level: 'info', message: 'placed' },
    { service: 'gateway', traceId: 't', spanId: 'r', level: 'warn', message: 'hm' },
  ]);
  book.add('orders', '{"level":30,"trace_id":"x","span_id":"s","xray_trace_id":"1-2-3"}');
  expect(book.linesOf('x')).toMatchObject([{ xrayTraceId: '1-2-3' }]);
  expect(book.linesOf('u')).toEqual([]);
});
