import type { Span } from '@shop/otlp';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  lostValues,
  recordValues,
  shown,
  valueSources,
  type RecordedValue,
} from './support/recorded-values.ts';
import { TracedApp } from './support/traced-app.ts';

let app: TracedApp;
const recorded: RecordedValue[] = [];

beforeAll(async () => {
  app = await TracedApp.start('values-app', {
    // Room and time enough: what is lost is lost for its values.
    env: { OTEL_BSP_MAX_QUEUE_SIZE: '20000', OTEL_EXPORTER_OTLP_TIMEOUT: '60000' },
  });
  for (const source of await valueSources(app)) recorded.push(...(await recordValues(app, source)));
  // Everything has ended, in order: once the last is here, nothing is on its way.
  await vi.waitUntil(() => namesOf(recorded.at(-1)!.traceId).includes('beside'), 30_000);
}, 120_000);
afterAll(() => app[Symbol.asyncDispose]());

function namesOf(traceId: string): string[] {
  return app.receiver.spansOfTrace(traceId).map(({ name }) => name);
}

/** What was received of each value from a source, by the name of the value. */
function received(source: string, read: (spans: readonly Span[]) => unknown): Map<string, string> {
  const own = recorded.filter((one) => one.source === source);
  return new Map(
    own.map(({ name, traceId }) => [name, shown(read(app.receiver.spansOfTrace(traceId)))]),
  );
}

function named(spans: readonly Span[], name: string): Span | undefined {
  return spans.find((span) => span.name === name);
}

it('rule 35: no value takes its span along, or those beside it, or the app', () => {
  expect(recorded.length).toBeGreaterThan(1000);
  expect(lostValues(recorded, namesOf)).toEqual([]);
});

it('rules 7, 18: what becomes of each value', () => {
  const columns = [
    received('attribute', (spans) => named(spans, 'case')?.attributes['value']),
    received('argument', (spans) => named(spans, 'Methods.argument')?.attributes['value']),
    received('log field', (spans) => {
      const attributes = Object.entries(named(spans, 'case')?.events[0]?.attributes ?? {});
      const own = attributes.filter(([key]) => key === 'value' || key.startsWith('value.'));
      return own.length === 1 && own[0]![0] === 'value'
        ? own[0]![1]
        : own.length === 0
          ? undefined
          : Object.fromEntries(own);
    }),
  ];
  const rows = [...columns[0]!.keys()].map((name) => {
    const cells = columns.map((column) => column.get(name));
    return [name, ...cells].join(' | ');
  });
  const head = 'value | setAttribute() | @SpanAttribute() | a field of a log line';
  expect(`\n${[head, ...rows].join('\n')}\n`).toMatchInlineSnapshot(`
    "
    value | setAttribute() | @SpanAttribute() | a field of a log line
    text | "tea" | "tea" | "tea"
    an empty text | "" | "" | ""
    a number as text | "007" | "007" | "007"
    NaN | "NaN" | "NaN" | nothing
    Infinity | "Infinity" | "Infinity" | nothing
    -Infinity | "-Infinity" | "-Infinity" | nothing
    -0 | 0 | 0 | 0
    a fraction | 0.1 | 0.1 | 0.1
    the smallest number | 5e-324 | 5e-324 | 5e-324
    2**53 + 2 | "9007199254740994n" | "9007199254740994n" | "9007199254740994"
    2**63 | 9223372036854776000 | 9223372036854776000 | "9223372036854776000"
    -(2**63) | "-9223372036854775808n" | "-9223372036854775808n" | "-9223372036854776000"
    1e300 | 1e+300 | 1e+300 | "1e+300"
    a bigint | nothing | "1180591620717411303424" | "1180591620717411303424"
    true | true | true | true
    null | nothing | nothing | nothing
    undefined | nothing | nothing | nothing
    NUL and control characters | "a\\u0000b\\u0007c\\u001bd\\r\\n" | "a\\u0000b\\u0007c\\u001bd\\r\\n" | "a\\u0000b\\u0007c\\u001bd\\r\\n"
    half a surrogate pair | "a�b" | "a�b" | "a�b"
    an emoji | "☕️👩‍💻" | "☕️👩‍💻" | "☕️👩‍💻"
    a separator of lines | "a b" | "a b" | "a b"
    markup | "<b>&amp;</b>" | "<b>&amp;</b>" | "<b>&amp;</b>"
    a symbol | nothing | nothing | nothing
    a function | nothing | nothing | nothing
    an empty array | [] | [] | []
    a sparse array | [1,null,2] | nothing | "[1,null,2]"
    an array with null | ["a",null,"b"] | nothing | "[\\"a\\",null,\\"b\\"]"
    an array with undefined | ["a",null] | nothing | "[\\"a\\",null]"
    a mixed array | [1,"a",true] | nothing | "[1,\\"a\\",true]"
    an array with NaN | [1,"NaN","-Infinity"] | [1,"NaN","-Infinity"] | "[1,null,null]"
    an array of bigints | nothing | ["1","2"] | [1,2]
    a nested array | [[1,"NaN"],["a"]] | nothing | "[[1,null],[\\"a\\"]]"
    a typed array | nothing | nothing | {"value.0":1}
    an object | {"a":{"b":[1,"c"]}} | nothing | {"value.a.b":"[1,\\"c\\"]"}
    an object with NaN | {"a":{"b":"NaN"}} | nothing | nothing
    an object with an empty key | {"":1} | nothing | {"value.":1}
    a deep object | {"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":... 228 characters | nothing | {"value.a.a.a.a.a":"{\\"a\\":{\\"a\\":{\\"a\\"... 224 characters
    a very deep object | nothing | nothing | {"value.a.a.a.a.a":"[Object]"}
    a circle | nothing | nothing | {"value.self":"[Circular]"}
    a frozen object | {"a":1} | nothing | {"value.a":1}
    an object without a prototype | {"a":1} | nothing | {"value.a":1}
    an object that throws | nothing | nothing | "[unable to serialize, circular referenc... 69 characters
    a proxy that throws | nothing | nothing | "[unable to serialize, circular referenc... 69 characters
    a revoked proxy | nothing | nothing | "[unable to serialize, circular referenc... 69 characters
    a class | nothing | nothing | {"value.id":7}
    a Date | nothing | nothing | "1970-01-01T00:00:00.000Z"
    an invalid Date | nothing | nothing | nothing
    a Map | nothing | nothing | nothing
    a Set | nothing | nothing | nothing
    an Error | nothing | nothing | nothing
    a regular expression | nothing | nothing | nothing
    a Uint8Array | {"type":"Buffer","data":[0,255,128]} | nothing | {"value.0":0,"value.1":255,"value.2":128}
    a Buffer that is no UTF-8 | {"type":"Buffer","data":[255,254]} | nothing | {"value.type":"Buffer","value.data":[255,254]}
    a String object | nothing | nothing | "tea"
    a promise | nothing | nothing | nothing
    a text of 5 million characters | "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... 262146 characters | "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... 262146 characters | "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... 8194 characters
    an array of 500 000 numbers | [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,1... 87195 characters | [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,1... 87195 characters | [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,1... 291 characters
    the password of a database | "postgres://REDACTED@db:5432/shop" | "postgres://REDACTED@db:5432/shop" | "postgres://REDACTED@db:5432/shop"
    "
  `);
});

it('rule 18: what becomes of each key', () => {
  const keysOf = (attributes: object = {}): string =>
    Object.keys(attributes)
      .filter((key) => !['source', 'code.function.name', 'level', 'logger.context'].includes(key))
      .map((key) => shown(key))
      .join(' ');
  const rows = recorded
    .filter(({ source }) => source === 'key')
    .map(({ name, traceId }) => {
      const spans = app.receiver.spansOfTrace(traceId);
      const own = named(spans, 'case');
      const [event, line] = own?.events ?? [];
      const kept = [own, named(spans, 'option'), event, own?.links[0], line];
      return [shown(name), ...kept.map((one) => keysOf(one?.attributes))].join(' | ');
    });
  const head = 'key | setAttribute() | an option | an event | a link | a log line';
  expect(`\n${[head, ...rows].join('\n')}\n`).toMatchInlineSnapshot(`
    "
    key | setAttribute() | an option | an event | a link | a log line
    "" |  |  |  |  | "reqId" ""
    " " | " " | " " | " " | " " | "reqId" " "
    "a b" | "a b" | "a b" | "a b" | "a b" | "reqId" "a b"
    "ключ" | "ключ" | "ключ" | "ключ" | "ключ" | "reqId" "ключ"
    "a.b.c" | "a.b.c" | "a.b.c" | "a.b.c" | "a.b.c" | "reqId" "a.b.c"
    "." | "." | "." | "." | "." | "reqId" "."
    "$ref" | "$ref" | "$ref" | "$ref" | "$ref" | "reqId" "$ref"
    "\\"quoted\\"" | "\\"quoted\\"" | "\\"quoted\\"" | "\\"quoted\\"" | "\\"quoted\\"" | "reqId" "\\"quoted\\""
    "a\\u0000b" | "a\\u0000b" | "a\\u0000b" | "a\\u0000b" | "a\\u0000b" | "reqId" "a\\u0000b"
    "a\\nb" | "a\\nb" | "a\\nb" | "a\\nb" | "a\\nb" | "reqId" "a\\nb"
    "half \\ud800" | "half �" | "half �" | "half �" | "half �" | "reqId" "half �"
    "__proto__" |  |  |  |  | "reqId"
    "constructor" | "constructor" | "constructor" | "constructor" | "constructor" | "reqId" "constructor"
    "toString" | "toString" | "toString" | "toString" | "toString" | "reqId" "toString"
    "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk... 1002 characters | "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk... 1002 characters | "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk... 1002 characters | "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk... 1002 characters | "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk... 1002 characters | "reqId" "...truncated"
    "postgres://me:hush-hush@db/key" | "postgres://REDACTED@db/key" | "postgres://REDACTED@db/key" | "postgres://REDACTED@db/key" | "postgres://REDACTED@db/key" | "reqId" "postgres://REDACTED@db/key"
    "
  `);
});

it('rule 37: the password of a URL is nowhere', () => {
  const received = JSON.stringify(app.receiver.requests);
  expect(received).toContain('postgres://REDACTED@db:5432/shop');
  expect(received).not.toContain('hush-hush');
});

it('rule 15: an entry of the baggage that no header can hold is left out alone', async () => {
  const headers = (await (await app.fetch('/baggage')).json()) as { baggage?: string };
  expect(headers.baggage).toMatch(/^first=kept,/);
  expect(headers.baggage).toMatch(/,last=kept$/);
  expect(headers.baggage).toContain('=tea,');
});

/** The resource of an app that is given every odd value for it. */
async function oddResource(): Promise<Span['resource']> {
  await using other = await TracedApp.start('values-app', { env: { RESOURCE: 'odd' } });
  await other.fetch('/sources');
  const [span] = await other.receiver.waitFor((spans) => spans.length > 0);
  return span?.resource ?? {};
}

it('rule 35: values of the resource are read or left out, each alone', async () => {
  const rows = Object.entries(await oddResource())
    .filter(([key]) => !/^(host|os|service|telemetry)\./.test(key))
    .map(([key, value]) => `${key} | ${shown(value)}`);
  expect(`\n${rows.join('\n')}\n`).toMatchInlineSnapshot(`
  "
  text | "tea"
  an empty text | ""
  a number as text | "007"
  NaN | "NaN"
  Infinity | "Infinity"
  -Infinity | "-Infinity"
  -0 | 0
  a fraction | 0.1
  the smallest number | 5e-324
  2**53 + 2 | "9007199254740994n"
  2**63 | 9223372036854776000
  -(2**63) | "-9223372036854775808n"
  1e300 | 1e+300
  a bigint | "1180591620717411303424"
  true | true
  NUL and control characters | "a\\u0000b\\u0007c\\u001bd\\r\\n"
  half a surrogate pair | "a�b"
  an emoji | "☕️👩‍💻"
  a separator of lines | "a b"
  markup | "<b>&amp;</b>"
  an empty array | []
  an array with NaN | [1,"NaN","-Infinity"]
  an array of bigints | ["1","2"]
  a text of 5 million characters | "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... 16386 characters
  an array of 500 000 numbers | [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,1... 4011 characters
  the password of a database | "postgres://REDACTED@db:5432/shop"
  "
`);
});
