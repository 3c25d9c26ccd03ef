import { inspect } from 'node:util';
import { SpanStatusCode, type AttributeValue, type Link, type TimeInput } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  outcomesOf,
  setUpSituations,
  START,
  type Situation,
  type World,
} from '../../test-support/both-providers.js';

setUpSituations();

/** What callers pass although the types do not allow it. */
const any = (value: unknown): never => value as never;

const circular: Record<string, unknown> = {};
circular['itself'] = circular;

const values: Readonly<Record<string, unknown>> = {
  'a string': 'text',
  'an empty string': '',
  'a number': 1.5,
  'minus zero': -0,
  NaN: Number.NaN,
  Infinity,
  true: true,
  false: false,
  undefined: undefined,
  null: null,
  'a bigint': 1n,
  'a symbol': Symbol('value'),
  'a function': () => 1,
  'a Date': new Date(0),
  'a Map': new Map([['a', 1]]),
  'an instance of a class': new TextDecoder(),
  'an object without prototype': Object.assign(Object.create(null) as object, { a: 1 }),
  'an empty array': [],
  'an array of strings': ['a', 'bcdefg'],
  'an array of numbers': [1, 2],
  'an array with holes': [undefined, null, 'a'],
  'an array of several types': ['a', 1, true],
  'an array of arrays': [['a'], [1]],
  'an array with a bigint': ['a', 1n],
  bytes: new Uint8Array([1, 2, 3, 4, 5]),
  'an object': { a: 'abcdefg', b: { c: [1, undefined], d: undefined } },
  'an object with a bigint': { a: 1n },
  'a circular object': circular,
};

const links: Readonly<Record<string, unknown>> = {
  valid: link(1),
  'with attributes': { ...link(2), attributes: { a: 'abcdefg', b: [1], c: null, d: undefined } },
  'with invalid attributes': { ...link(3), attributes: { '': 1, a: 1n, b: circular, c: 'c' } },
  'with many attributes': { ...link(4), attributes: { a: 1, b: 2, c: 3 } },
  'with no attributes': { ...link(5), attributes: {} },
  'with attributes of a wrong type': { ...link(6), attributes: 'text' },
  'with a dropped count of its own': { ...link(7), droppedAttributesCount: 7 },
  'to an invalid context': { context: { traceId: '0', spanId: '', traceFlags: 0 } },
  'to no context': {},
};

function link(number: number): Link {
  const digit = String(number);
  return { context: { traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: 1 } };
}

const times: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  'a Date': new Date(START.wall + 5),
  'an invalid Date': new Date(Number.NaN),
  'milliseconds since the epoch': START.wall + 7.25,
  'seconds and nanoseconds': [START.wall / 1000 + 1, 123_456_789] satisfies TimeInput,
  'the reading of performance.now() at the start': START.performance,
  'an earlier reading of performance.now()': START.performance - 30_000.5,
  'a number just above performance.now()': START.performance + 1,
  zero: 0,
  'a negative number': -5,
  NaN: Number.NaN,
  'a string': '2030-01-01',
  'an array of one number': [1],
  'an array of strings': ['1', '2'],
  'an object': { a: 1 },
  true: true,
};

const exceptions: Readonly<Record<string, unknown>> = {
  'a string': 'boom',
  'an empty string': '',
  undefined: undefined,
  null: null,
  'a number': 5,
  'an empty object': {},
  'a message': { message: 'boom' },
  'an empty message': { message: '' },
  'a name': { name: 'Boom' },
  'a code': { code: 'E_BOOM' },
  'a numeric code': { code: 12, message: 'boom' },
  'the code 0': { code: 0, name: 'Boom' },
  'a name, a code and a message': { name: 'Boom', code: 'E', message: 'boom' },
  'a stack only': { stack: 'at a' },
  'a message and a stack': { message: 'boom', stack: 'at a' },
  'a message that is no string': { message: { a: 1 } },
  'a name that is no string': { name: 5, message: 'boom' },
  'an error': Object.assign(new TypeError('boom'), { stack: 'TypeError: boom' }),
};

const limits = {
  attributeCountLimit: 2,
  attributeValueLengthLimit: 3,
  eventCountLimit: 2,
  linkCountLimit: 2,
  attributePerEventCountLimit: 2,
  attributePerLinkCountLimit: 2,
};

function withSpan(
  when: string,
  act: (span: ReturnType<World['tracer']['startSpan']>, world: World) => unknown,
  more: Partial<Situation> = {},
): Situation {
  return {
    when,
    act(world) {
      const span = world.tracer.startSpan('span');
      const returned = act(span, world);
      span.end();
      return returned === span ? 'the span' : returned;
    },
    ...more,
  };
}

const each = <T>(
  of: Readonly<Record<string, unknown>>,
  situations: (kind: string, value: T) => readonly Situation[],
): Situation[] => Object.entries(of).flatMap(([kind, value]) => situations(kind, value as T));

const attributes: readonly Situation[] = [
  ...each<AttributeValue>(values, (kind, value) => [
    withSpan(`an attribute is ${kind}`, (span) => span.setAttribute('key', value)),
    withSpan(`attributes contain ${kind}`, (span) =>
      span.setAttributes({ a: 1, key: value, b: 2 }),
    ),
    withSpan(
      `an attribute is ${kind}, and values are short`,
      (span) => span.setAttribute('key', value),
      { limits },
    ),
    withSpan(`an attribute becomes ${kind}`, (span) =>
      span.setAttribute('key', 'before').setAttribute('key', value),
    ),
    withSpan(`an event has ${kind}`, (span) => span.addEvent('event', { a: 1, key: value, b: 2 })),
    withSpan(
      `an event has ${kind}, and values are short`,
      (span) => span.addEvent('event', { key: value }),
      { limits },
    ),
    withSpan(`a link has ${kind}`, (span) =>
      span.addLink({ ...link(1), attributes: { key: value } }),
    ),
    withSpan(`attributes are ${kind}`, (span) => span.setAttributes(any(value))),
    {
      when: `a span starts with ${kind}`,
      act: ({ tracer }) => tracer.startSpan('span', { attributes: { a: 1, key: value, b: 2 } }),
    },
    {
      when: `a span starts with ${kind}, and values are short`,
      limits,
      act: ({ tracer }) => tracer.startSpan('span', { attributes: { key: value } }),
    },
    {
      when: `a span starts with attributes that are ${kind}`,
      act: ({ tracer }) => tracer.startSpan('span', { attributes: any(value) }),
    },
    {
      when: `a link at the start has ${kind}`,
      act: ({ tracer }) =>
        tracer.startSpan('span', { links: [{ ...link(1), attributes: { key: value } }] }),
    },
  ]),
  withSpan('a key is empty', (span) =>
    span.setAttribute('', 'value').setAttributes({ '': 1, a: 1 }),
  ),
  withSpan('a key is a number', (span) => span.setAttribute(any(5), 'value')),
  withSpan('a key is a symbol', (span) => span.setAttribute(any(Symbol.for('key')), 'value')),
  withSpan('keys are those of Object.prototype', (span) =>
    span.setAttributes({ constructor: 'a', toString: 'b', hasOwnProperty: 'c' } as never),
  ),
  withSpan('keys are numbers, which move to the front', (span) =>
    span.setAttributes({ b: 1, 2: 1, 1: 1 }),
  ),
  withSpan('attributes are inherited', (span) =>
    span.setAttributes(Object.create({ a: 1 }) as never),
  ),
  withSpan('a key is null', (span) => span.setAttribute(any(null), 'value'), {
    differs: {
      why: 'the SDK throws, and an API must not',
      in: ['thrown', 'spans', 'calls', 'returned'],
    },
  }),
  withSpan('the caller changes an array or object later', (span) => {
    const list = ['a'];
    const nested = { b: 1 };
    span.setAttribute('list', list).setAttribute('nested', any(nested)).addEvent('event', { list });
    list.push('later');
    nested.b = 2;
  }),
];

/** Fills a span with one more of everything than `count`. */
function fill(count: number): Situation['act'] {
  return ({ tracer }) => {
    const many = Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`start ${at}`, 'abcd']),
    );
    const given = Array.from({ length: count }, (_, at) => ({ ...link(at % 9), attributes: many }));
    const span = tracer.startSpan('span', {
      attributes: { '': 1, ...many, big: 1n as never },
      links: given,
    });
    for (let at = 0; at <= count; at++) {
      span.setAttribute(`start ${at}`, `again ${at}`).setAttribute(`later ${at}`, ['abcd', 'e']);
      span
        .addEvent(`event ${at}`, { ...many, more: at })
        .addLink({ ...link(at), attributes: { ...many, more: at } });
    }
    span.end();
  };
}

const limited: readonly Situation[] = [undefined, 0, 1, 2, 3, 5].flatMap((limit) =>
  Object.keys(limits).flatMap((name) =>
    [0, 1, 2, 3, 4].map((count) => ({
      when: `${name} is ${limit} and there are ${count} and more`,
      limits: limit === undefined ? {} : { [name]: limit },
      act: fill(count),
    })),
  ),
);

/** Attributes over the limit that a span starts with. */
const startedOverLimit: Situation = {
  when: 'a span starts with more attributes than the limit allows',
  limits,
  act: ({ tracer }) => tracer.startSpan('span', { attributes: { a: 1, b: 2, c: 3, d: 4 } }).end(),
  differs: { why: 'the specification asks for a message, and the SDK has none', in: ['hasWarned'] },
};

const timed: readonly Situation[] = each<TimeInput>(times, (kind, time) => [
  {
    when: `a span starts at ${kind}`,
    act: (world) => {
      const span = world.tracer.startSpan('span', { startTime: time });
      world.tick(25);
      span.addEvent('event');
      world.tick(10);
      span.end();
    },
  },
  withSpan(`a span ends at ${kind}`, (span, { tick }) => {
    tick(25);
    span.end(time);
  }),
  withSpan(`an event is at ${kind}`, (span) => span.addEvent('event', time)),
  withSpan(`an event with attributes is at ${kind}`, (span) =>
    span.addEvent('event', { a: 1 }, time),
  ),
  withSpan(`an event has ${kind} after a time`, (span) =>
    span.addEvent('event', START.wall + 3, time),
  ),
  withSpan(`an exception is at ${kind}`, (span) => span.recordException('boom', time)),
  {
    when: `a span starts and ends at ${kind}`,
    act: ({ tracer }) => tracer.startSpan('span', { startTime: time }).end(time),
  },
]);

const methods: readonly Situation[] = [
  ...each<Link>(links, (kind, given) => [
    withSpan(`a link is ${kind}`, (span) => span.addLink(given)),
    withSpan(`links are ${kind}, with limits`, (span) => span.addLinks([given, given, given]), {
      limits,
    }),
    {
      when: `a span starts with links ${kind}`,
      limits,
      act: ({ tracer }) => tracer.startSpan('span', { links: [given, given, given] }).end(),
    },
  ]),
  ...each<string>(exceptions, (kind, exception) => [
    withSpan(`an exception is ${kind}`, (span) => span.recordException(exception)),
    withSpan(
      `an exception is ${kind}, with limits`,
      (span) => span.recordException(exception, new Date(START.wall)),
      { limits },
    ),
  ]),
  ...[undefined, null, 5, {}, ''].map((name) =>
    withSpan(`the name becomes ${inspect(name)}`, (span) => span.updateName(any(name))),
  ),
  ...[0, 1, 2, 7].flatMap((first) =>
    [0, 1, 2].flatMap((second) =>
      ['a', undefined].map((message) =>
        withSpan(`the status ${first} becomes ${second}, ${message}`, (span) =>
          span
            .setStatus({ code: first, message: 'before' })
            .setStatus({ code: second, ...(message && { message }) }),
        ),
      ),
    ),
  ),
  ...[null, undefined, 5, {}, new Error('boom'), ''].map((message) =>
    withSpan(`the message of a status is ${inspect(message)}`.split('\n')[0] ?? '', (span) =>
      span.setStatus({ code: SpanStatusCode.ERROR, message: any(message) }),
    ),
  ),
  withSpan('a status is changed in place, and the next span has its own', (span, { tracer }) => {
    const { status } = span as never as { status: { code: number } };
    status.code = SpanStatusCode.ERROR;
    tracer.startSpan('next').end();
  }),
  withSpan('the end is exact, whatever the parts of a time', (span) => {
    span.end([START.wall / 1000 + 1, 1]);
    const { endTime } = span as never as { endTime: unknown };
    return endTime;
  }),
  withSpan('a given start, event and end stay exact', (_, { tracer }) => {
    const startTime: TimeInput = [START.wall / 1000, 999_999_999];
    const span = tracer
      .startSpan('exact', { startTime })
      .addEvent('event', [START.wall / 1000 + 1, 1]);
    span.end([START.wall / 1000 + 1, 3]);
    const read = span as never as {
      startTime: unknown;
      endTime: unknown;
      duration: unknown;
      events: { time: unknown }[];
    };
    return [read.startTime, read.endTime, read.duration, read.events[0]?.time];
  }),
  {
    when: 'everything is called after the end',
    act({ tracer }) {
      const span = tracer.startSpan('span', { attributes: { a: 1 } });
      span.end();
      span
        .setAttribute('b', 1)
        .setAttributes({ c: 1 })
        .addEvent('event', { a: 1 })
        .updateName('other');
      span
        .addLink(link(1))
        .addLinks([link(2)])
        .setStatus({ code: SpanStatusCode.ERROR })
        .recordException('boom');
      span.setStatus(any(undefined));
      span.end();
      return [span.isRecording(), span.spanContext() === span.spanContext()];
    },
  },
];

describe.each(
  Object.entries({ attributes, limited: [...limited, startedOverLimit], timed, methods }),
)('a span: %s', (_, situations) => {
  it.each(situations.map((situation) => [situation.when, situation] as const))(
    '%s',
    async (_, situation) => {
      const { ours, sdk } = await outcomesOf(situation);
      expect(ours).toEqual(sdk);
    },
  );
});
