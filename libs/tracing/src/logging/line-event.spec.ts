import { expect, it } from 'vitest';
import { tracedLogger } from '../../test-support/written-lines.js';
import { eventOfLine } from './line-event.js';

/** What becomes of fields that are logged. */
function attributesOf(fields: object): object | undefined {
  const { log, written } = tracedLogger();
  log.info(fields, 'x');
  const format = {
    messageKey: 'msg',
    errorKey: 'err',
    contextKey: 'context',
    idKeys: ['trace_id', 'span_id', 'trace_flags'],
    nestedKey: undefined,
    timeKey: undefined,
  };
  const line = { text: written[0]!, level: 30, levelLabels: { 30: 'info' }, error: undefined };
  const { level, ...rest } = eventOfLine({ ...line, format }, false)!.attributes;
  expect(level).toBe('info');
  return rest;
}

const circular: Record<string, unknown> = { a: 1 };
circular['self'] = circular;
const deep = (depth: number): object => (depth === 0 ? { end: 1 } : { d: deep(depth - 1) });

it.each<[kind: string, fields: object, attributes: object]>([
  ['nested objects', { a: { b: { c: 1 } } }, { 'a.b.c': 1 }],
  ['arrays of one kind', { a: ['x', 'y'], b: [1, 2], c: [] }, { a: ['x', 'y'], b: [1, 2], c: [] }],
  ['other arrays', { a: [1, 'x'], b: [{ c: 1 }] }, { a: '[1,"x"]', b: '[{"c":1}]' }],
  ['null and undefined', { a: null, b: undefined, c: { d: null } }, {}],
  ['a date', { a: new Date(0) }, { a: '1970-01-01T00:00:00.000Z' }],
  ['a BigInt', { a: { b: 12345678901234567890n } }, { 'a.b': '12345678901234567890' }],
  ['a large number', { a: 2 ** 60, b: 1.5 }, { a: '1152921504606847000', b: 1.5 }],
  ['a buffer', { a: Buffer.from('hi') }, { 'a.type': 'Buffer', 'a.data': [104, 105] }],
  ['a map, which JSON does not know', { a: new Map([['b', 1]]) }, {}],
  ['a circle', { a: circular }, { 'a.a': 1, 'a.self': '[Circular]' }],
  ['depth: below six keys it is JSON', { a: deep(6) }, { 'a.d.d.d.d.d': '{"d":{"end":1}}' }],
  [
    'names of the event itself',
    { level: 'high', 'logger.context': 'b' },
    { 'logger.context': 'b' },
  ],
])('flattens %s', (_, fields, attributes) => {
  expect(attributesOf(fields)).toEqual(attributes);
});

it('a long text, a long array and too many fields are cut, and said to be', () => {
  const long = 'é'.repeat(20_000);
  const list = Array.from({ length: 500 }, (_, at) => at);
  expect(attributesOf({ long, list, texts: [long], short: 1 })).toEqual({
    long: long.slice(0, 8192),
    list: list.slice(0, 100),
    texts: [long.slice(0, 8192)],
    short: 1,
    '...truncated': ['long', 'list', 'texts'],
  });
  const many = attributesOf(Object.fromEntries(list.map((at) => [`k${at}`, at])))!;
  expect(Object.keys(many)).toHaveLength(100);
  expect(many).toMatchObject({ k98: 98, '...truncated': expect.arrayContaining(['k99']) });
  const large = Object.fromEntries(list.map((at) => [`k${at}`, 'x'.repeat(5000)]));
  expect(JSON.stringify(attributesOf(large)).length).toBeLessThan(40_000);
});

it('does not cut a character in two, and takes no key of any length', () => {
  const key = 'k'.repeat(10_000);
  expect(attributesOf({ a: `${'x'.repeat(8191)}😀`, [key]: 1 })).toEqual({
    a: 'x'.repeat(8191),
    '...truncated': ['a', key.slice(0, 256)],
  });
});
