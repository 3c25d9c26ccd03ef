import { context, ROOT_CONTEXT, trace, type Context, type Span } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SpanRecorder } from '../../test-support/span-recorder.js';
import { clockOf } from './clock.js';
import { DeferredSpan } from './deferred-span.js';

const HOUR = 3_600_000;
const realDate = Date.now.bind(Date);
const realMonotonic = performance.now.bind(performance);

let recorder: SpanRecorder;
beforeEach(() => (recorder = new SpanRecorder()));
afterEach(() => {
  vi.restoreAllMocks();
  clockOf(undefined); // follows the wall clock again
  recorder.dispose();
});

function setWallClock(by: number): void {
  vi.spyOn(Date, 'now').mockImplementation(() => realDate() + by);
}

const now = (): number => clockOf(undefined) + performance.now();

/** Starts a span of each kind: one of ours, and one of a tracer that the app or a library uses. */
const starts: Record<string, (name: string, parent: Context) => Span> = {
  ours: (name, parent) => new DeferredSpan({ tracer: recorder.tracer, name, options: {}, parent }),
  native: (name, parent) => recorder.tracer.startSpan(name, {}, parent),
};

function within(parent: Span): Context {
  return trace.setSpan(ROOT_CONTEXT, parent);
}

function times({ startTime, endTime, events }: ReadableSpan): number[] {
  return [startTime, ...events.map(({ time }) => time), endTime].map(hrTimeToMilliseconds);
}

it('is never a millisecond away from the wall clock, and does not run backwards', () => {
  let last = 0;
  for (let i = 0; i < 10_000; i++) {
    const before = Date.now();
    const time = now();
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThan(Date.now() + 1);
    expect(time - last).toBeGreaterThan(-0.1); // it may correct itself by microseconds
    last = time;
  }
});

it('is finer than a millisecond', () => {
  const readings = new Set(Array.from({ length: 100 }, now));
  expect([...readings].some((time) => !Number.isInteger(time))).toBe(true);
  expect(readings.size).toBeGreaterThan(10);
});

it('rule 32: is right from the first reading', async () => {
  const corrections = [];
  for (let i = 0; i < 5; i++) {
    vi.resetModules();
    const { clockOf: fresh } = await import('./clock.js');
    const first = fresh(undefined);
    const end = performance.now() + 3; // by then it was read at all times of a millisecond
    while (performance.now() < end) fresh(undefined);
    corrections.push(Math.abs(fresh(undefined) - first));
  }
  expect(Math.max(...corrections)).toBeLessThan(0.1);
});

it('rule 32: a process that is suspended while it reads the clocks keeps its clock', () => {
  const clock = clockOf(undefined);
  let late = 0;
  // Between the two clocks pass 20 ms, whichever is read first.
  vi.spyOn(performance, 'now').mockImplementation(() => realMonotonic() + late);
  vi.spyOn(Date, 'now').mockImplementation(() => realDate() + (late += 20));
  expect(Math.abs(clockOf(undefined) - clock)).toBeLessThan(0.1);
});

it.each([HOUR, -HOUR])('follows a wall clock that is set by %d ms', (by) => {
  setWallClock(by);
  expect(Math.abs(now() - (realDate() + by))).toBeLessThan(1000);
});

it.each([
  ['ours', 'ours', HOUR],
  ['ours', 'ours', -HOUR],
  ['ours', 'native', HOUR],
  ['ours', 'native', -HOUR],
  ['native', 'ours', HOUR],
  ['native', 'ours', -HOUR],
  ['native', 'native', HOUR],
  ['native', 'native', -HOUR],
])('rule 32: a span (%s) holds its child (%s) when the clock is set by %d ms', (one, two, by) => {
  const parent = starts[one]!('parent', ROOT_CONTEXT);
  setWallClock(by);
  const child = starts[two]!('child', within(parent));
  child.addEvent('event').recordException(new Error('out of order'));
  child.end();
  parent.addEvent('event');
  parent.end();
  const outer = times(recorder.span('parent'));
  const inner = times(recorder.span('child'));
  expect([outer[0], ...inner, ...outer.slice(1)]).toEqual(
    [...outer, ...inner].toSorted((a, b) => a - b),
  );
  expect(outer.at(-1)! - outer[0]!).toBeLessThan(1000);
});

it.each(['ours', 'native'])(
  'rule 32: what begins after its parent (%s) takes a new clock',
  (kind) => {
    const parent = starts[kind]!('parent', ROOT_CONTEXT);
    parent.end();
    setWallClock(HOUR);
    starts[kind]!('late', within(parent)).end();
    starts[kind]!('root', ROOT_CONTEXT).end();
    for (const name of ['late', 'root']) {
      expect(Math.abs(times(recorder.span(name))[0]! - (realDate() + HOUR))).toBeLessThan(1000);
    }
  },
);

it('rule 32: a native span never begins before its parent, nor ends after it', () => {
  const tracer = recorder.tracer;
  for (let i = 0; i < 100; i++) {
    tracer.startActiveSpan('outer', (outer) => {
      tracer.startActiveSpan('inner', { attributes: { i } }, (inner) => inner.end());
      tracer.startActiveSpan('inner', {}, context.active(), (inner) => inner.end());
      outer.end();
    });
  }
  const outers = new Map(recorder.spans.map((span) => [span.spanContext().spanId, span]));
  const outside = recorder.spans.filter((span) => {
    const parent = outers.get(span.parentSpanContext?.spanId ?? '');
    if (parent === undefined) return false;
    const [[start, end], [first, last]] = [times(span), times(parent)];
    return start! < first! || end! > last!;
  });
  expect(recorder.spans).toHaveLength(300);
  expect(outside).toEqual([]);
});

it.each(['ours', 'native'])('times that are given stay as they are (%s)', (kind) => {
  const span = starts[kind]!('span', ROOT_CONTEXT);
  const at = Date.now() + 5000;
  span.addEvent('at', at).addEvent('with attributes', { key: 1 }, new Date(at));
  span.recordException('out of order', [at / 1000, 0]);
  span.end(at);
  const { events, endTime } = recorder.span('span');
  expect(events.map(({ name, time }) => [name, Math.round(hrTimeToMilliseconds(time))])).toEqual([
    ['at', at],
    ['with attributes', at],
    ['exception', at],
  ]);
  expect(events[1]!.attributes).toEqual({ key: 1 });
  expect(hrTimeToMilliseconds(endTime)).toBe(at);
});

it('a start that is given stays as it is', () => {
  const startTime = Date.now() - 5000;
  recorder.tracer.startSpan('span', { startTime }).end();
  expect(times(recorder.span('span'))[0]).toBe(startTime);
});

it.each(['ours', 'native'])('a reading of performance.now() is taken by the clock (%s)', (kind) => {
  const span = starts[kind]!('span', ROOT_CONTEXT);
  span.addEvent('event');
  const at = performance.now();
  span.end(at);
  const [, event, end] = times(recorder.span('span'));
  expect(end! - event!).toBeGreaterThanOrEqual(0);
  expect(end! - event!).toBeLessThan(1000);
});
