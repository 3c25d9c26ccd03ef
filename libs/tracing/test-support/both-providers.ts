import { isDeepStrictEqual } from 'node:util';
import {
  context,
  diag,
  DiagLogLevel,
  type HrTime,
  type Link,
  type Span as ApiSpan,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  loggingErrorHandler,
  setGlobalErrorHandler,
  type InstrumentationScope,
} from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  TracerProvider,
  type IdGenerator,
  type ReadableSpan,
  type Sampler,
  type Span,
  type SpanLimits,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { RecordingTracerProvider } from '../src/record/tracer-provider.js';

type Provider = Pick<TracerProvider, 'getTracer' | 'forceFlush' | 'shutdown'>;

/** What happens in a situation, beside the spans: it is compared too. */
export interface World {
  readonly provider: Provider;
  readonly tracer: Tracer;
  readonly processors: readonly SpanProcessor[];
  /** Notes a fact in the list of calls. */
  note(fact: string, value?: unknown): void;
  /** Moves both clocks on. */
  tick(milliseconds: number): void;
}

/** Something that is done with a tracer provider, and has to end in the same way with the SDK's and ours. */
export interface Situation {
  readonly when: string;
  readonly limits?: SpanLimits;
  readonly sampler?: (world: World) => Sampler;
  /** @default one that notes its calls */
  readonly processors?: (world: World) => SpanProcessor[];
  readonly act: (world: World) => unknown;
  /** An intended difference: its reason, and what of the outcome is not compared. */
  readonly differs?: { readonly why: string; readonly in: readonly (keyof Outcome)[] };
}

interface Outcome {
  /** What the processors were called with, and what the situation noted. */
  readonly calls: unknown[];
  readonly returned: unknown;
  readonly thrown: unknown;
  /** Every recorded span as it is in the end. */
  readonly spans: unknown[];
  readonly hasWarned: boolean;
}

/** A time that was read from a clock: the SDK truncates it to milliseconds, ours does not. */
class Moment {
  constructor(readonly time: HrTime) {}

  isNear({ time: [seconds, nanos] }: Moment): boolean {
    const difference = (this.time[0] - seconds) * 1e9 + (this.time[1] - nanos);
    return Math.abs(difference) < 1.1e6 || isDeepStrictEqual(this.time, [seconds, nanos]);
  }
}

const resource = resourceFromAttributes({ 'service.name': 'shop' });

/** The wall clock, and what `performance.now()` returns. */
export const START = { wall: 1_800_000_000_000, performance: 50_000 };
let elapsed = 0;
let hasWarned = false;
let handledErrors: unknown[] = [];

/** Sets up the clocks, the context manager and the logger that the situations need. */
export function setUpSituations(): void {
  expect.addEqualityTesters([
    (a: unknown, b: unknown) =>
      a instanceof Moment && b instanceof Moment ? a.isNear(b) : undefined,
  ]);
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const warn = (): void => void (hasWarned = true);
    const none = (): void => {};
    const logger = { error: warn, warn, info: none, debug: none, verbose: none };
    diag.setLogger(logger, DiagLogLevel.WARN);
    setGlobalErrorHandler((error) => handledErrors.push(error));
    vi.spyOn(Date, 'now').mockImplementation(() => Math.floor(START.wall + elapsed));
    vi.spyOn(performance, 'now').mockImplementation(() => START.performance + elapsed);
  });
  afterEach(() => void (elapsed = 0));
  afterAll(() => {
    vi.restoreAllMocks();
    setGlobalErrorHandler(loggingErrorHandler());
    context.disable();
    diag.disable();
  });
}

/** A span processor that notes its calls, with the span as it is at that moment. */
export function noting(
  world: World,
  name: string,
  more: Partial<SpanProcessor> = {},
): SpanProcessor {
  const note = (call: string, span: ReadableSpan): void =>
    world.note(`${name} ${call}`, [span, (span as Span).isRecording()]);
  return {
    onStart(span, scope) {
      note('onStart', span);
      more.onStart?.(span, scope);
    },
    onEnding(span) {
      note('onEnding', span);
      more.onEnding?.(span);
    },
    onEnd(span) {
      note('onEnd', span);
      more.onEnd?.(span);
    },
    async forceFlush() {
      world.note(`${name} forceFlush`);
      await more.forceFlush?.();
    },
    async shutdown() {
      world.note(`${name} shutdown`);
      await more.shutdown?.();
    },
  };
}

/** IDs in the order in which they are asked for, which is compared too. */
function countingIds(): IdGenerator {
  let count = 0;
  const next = (length: number): string => (++count).toString(16).padStart(length, '0');
  return { generateTraceId: () => next(32), generateSpanId: () => next(16) };
}

async function outcomeOf(kind: 'sdk' | 'ours', situation: Situation): Promise<Outcome> {
  elapsed = 0;
  hasWarned = false;
  handledErrors = [];
  const calls: unknown[] = [];
  const spans = new Set<ReadableSpan>();
  const processors: SpanProcessor[] = [
    {
      onStart: (span) => void spans.add(span),
      onEnd: () => {},
      forceFlush: async () => {},
      shutdown: async () => {},
    },
  ];
  const world = {
    processors,
    note: (fact: string, value?: unknown) => void calls.push([fact, shown(value)]),
    tick: (milliseconds: number) => void (elapsed += milliseconds),
  } as unknown as { -readonly [Key in keyof World]: World[Key] };
  processors.push(...(situation.processors?.(world) ?? [noting(world, 'a')]));
  const sampler = situation.sampler?.(world) ?? new AlwaysOnSampler();
  const spanLimits = situation.limits ?? {};
  const parts = { resource, spanProcessors: processors, idGenerator: countingIds() };
  world.provider =
    kind === 'sdk'
      ? new TracerProvider({ ...parts, sampler, spanLimits })
      : new RecordingTracerProvider({
          ...parts,
          spanLimits: spanLimits as never,
          sampler: {
            readsAttributes: situation.sampler !== undefined,
            followsLocalParents: false,
            shouldSample: (...asked) => sampler.shouldSample(...asked),
          },
        });
  world.tracer = world.provider.getTracer('test', '1.2', { schemaUrl: 'https://schema' });
  let returned: unknown;
  let thrown: unknown;
  try {
    returned = shown(await situation.act(world));
  } catch (error) {
    // The text of a TypeError says which line of which code has failed.
    thrown = error instanceof TypeError ? 'TypeError' : shown(error);
  }
  if (handledErrors.length > 0) calls.push(['handled errors', shown(handledErrors)]);
  return { calls, returned, thrown, spans: [...spans].map((span) => shown(span)), hasWarned };
}

/**
 * Runs a situation against the SDK and ours.
 *
 * @returns what is compared of the outcomes
 */
export async function outcomesOf(
  situation: Situation,
): Promise<Record<'ours' | 'sdk', Partial<Outcome>>> {
  const sdk = await outcomeOf('sdk', situation);
  const ours = await outcomeOf('ours', situation);
  const { in: ignored = [] } = situation.differs ?? {};
  // A difference that is no longer there has to leave the table.
  for (const field of ignored) expect([field, ours[field]]).not.toEqual([field, sdk[field]]);
  const compared = (outcome: Outcome): Partial<Outcome> =>
    Object.fromEntries(
      Object.entries(outcome).filter(([field]) => !ignored.includes(field as keyof Outcome)),
    );
  return { ours: compared(ours), sdk: compared(sdk) };
}

/** A copy of a value, with everything that is public in a span; attributes with their order. */
function shown(value: unknown, seen: readonly unknown[] = []): unknown {
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value !== 'object' || value === null) return value;
  if (seen.includes(value)) return 'circular';
  if (isSpan(value))
    return 'attributes' in value ? spanShown(value as Span) : contextShown(value.spanContext());
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Uint8Array) return `bytes ${value.join()}`;
  const within = [...seen, value];
  if (Array.isArray(value)) return value.map((item) => shown(item, within));
  if ('serialize' in value && typeof value.serialize === 'function') return value.serialize();
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item, within)]));
}

function isSpan(value: object): value is ApiSpan {
  return 'spanContext' in value && typeof value.spanContext === 'function';
}

function contextShown({ traceId, spanId, traceFlags, traceState, isRemote }: SpanContext): unknown {
  return { traceId, spanId, traceFlags, traceState: traceState?.serialize(), isRemote };
}

function attributesShown(attributes: unknown): unknown {
  return attributes === undefined
    ? undefined
    : Object.entries(attributes as object).map(([key, value]) => [key, shown(value)]);
}

function spanShown(span: ReadableSpan): unknown {
  const scope: InstrumentationScope = span.instrumentationScope;
  return {
    name: span.name,
    kind: span.kind,
    spanContext: contextShown(span.spanContext()),
    parentSpanContext: span.parentSpanContext && contextShown(span.parentSpanContext),
    startTime: new Moment(span.startTime),
    endTime: new Moment(span.endTime),
    duration: new Moment(span.duration),
    ended: span.ended,
    status: { ...span.status },
    attributes: attributesShown(span.attributes),
    links: span.links.map((link: Link) => ({
      ...link,
      context: shown(link.context),
      attributes: attributesShown(link.attributes),
    })),
    events: span.events.map((event) => ({
      ...event,
      time: new Moment(event.time),
      attributes: attributesShown(event.attributes),
    })),
    isSameResource: span.resource === resource,
    instrumentationScope: { ...scope },
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}
