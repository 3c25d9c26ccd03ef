import { ROOT_CONTEXT } from '@opentelemetry/api';
import { TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { expect, it, vi } from 'vitest';
import { DeferredSpan } from '../../span/deferred-span.js';
import type { LazyEvent } from '../../span/events.js';
import { buildLazyEvents } from './build-lazy-events.js';
import type { SpanLimits } from '../../options/settings.js';

const limits: SpanLimits = {
  attributeCountLimit: undefined,
  attributeValueLengthLimit: Infinity,
  eventCountLimit: 5,
  linkCountLimit: undefined,
  attributePerEventCountLimit: 128,
  attributePerLinkCountLimit: undefined,
};

/** What is exported of a span. */
function exported(use: (span: DeferredSpan) => void, own: Partial<SpanLimits> = {}): ReadableSpan {
  const ended: ReadableSpan[] = [];
  const provider = new TracerProvider({
    spanProcessors: [
      {
        onStart: () => {},
        onEnd: (span) => void ended.push(span),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
    spanLimits: { eventCountLimit: limits.eventCountLimit },
  });
  const span = new DeferredSpan({
    app: { lazyEventLimit: limits.eventCountLimit } as never,
    tracer: provider.getTracer('test'),
    name: 'span',
    options: {},
    parent: ROOT_CONTEXT,
  });
  use(span);
  span.end();
  return buildLazyEvents(ended[0]!, { ...limits, ...own });
}

/** An event whose name in capitals says that it tells of an error. */
function late(name: string, size = 1): LazyEvent {
  return {
    time: 0,
    isError: name === name.toUpperCase(),
    size,
    make: () => ({ name, attributes: { a: 'long text', b: 1 } }),
  };
}

function names(span: ReadableSpan): string {
  return span.events.map(({ name }) => name).join('');
}

it('late events stand among the others in the order of their times, and are made once only', () => {
  const event = late('c');
  const make = vi.spyOn(event, 'make');
  const span = exported((it) => {
    it.addEvent('a');
    it.addLazyEvent(late('b'));
    it.addLazyEvent(event);
    it.addEvent('d');
  });
  expect(names(span)).toBe('abcd');
  expect(make).toHaveBeenCalledOnce();
  expect(span.events[1]).toMatchObject({ name: 'b', attributes: { a: 'long text', b: 1 } });
  expect(span.ended).toBe(true);
  expect(span.droppedEventsCount).toBe(0);
});

it.each<[late: string, now: string, left: string]>([
  ['abcdefgh', '', 'defgh'],
  ['Eabcdefgh', '', 'Eefgh'],
  ['EFGHIJKL', '', 'EIJKL'],
  ['abcd', 'efgh', 'defgh'],
  ['Eabc', 'Fghijklmn', 'EFlmn'],
])('rule 20: bounds hold for both together: %s, then %s', (later, now, left) => {
  const span = exported((it) => {
    for (const name of later) it.addLazyEvent(late(name));
    for (const name of now) it.addEventOf(name === name.toUpperCase(), name, {});
  });
  expect(names(span)).toBe(left);
  expect(span.droppedEventsCount).toBe(later.length + now.length - left.length);
});

it('rule 20: what the lines of a span hold in memory is bounded', () => {
  const span = exported((it) => {
    it.addLazyEvent(late('E', 100_000));
    for (const name of 'abc') it.addLazyEvent(late(name, 100_000));
  });
  expect(names(span)).toBe('Ec');
  expect(span.droppedEventsCount).toBe(2);
});

it('honours the limits of the SDK for the attributes of events', () => {
  const span = exported((it) => it.addLazyEvent(late('a')), {
    attributePerEventCountLimit: 1,
    attributeValueLengthLimit: 4,
  });
  expect(span.events[0]).toMatchObject({ attributes: { a: 'long' }, droppedAttributesCount: 1 });
});

it('an event that turns out to be none is left out; spans without late events go as they are', () => {
  expect(names(exported((it) => it.addLazyEvent({ ...late('a'), make: () => undefined })))).toBe(
    '',
  );
  expect(names(exported((it) => it.addEvent('a')))).toBe('a');
});
