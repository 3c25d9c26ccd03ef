import {
  context,
  INVALID_SPAN_CONTEXT,
  INVALID_TRACEID,
  isSpanContextValid,
  SpanKind,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { cleanAttributes, isTracingSuppressed } from '@opentelemetry/core';
import {
  SamplingDecision,
  type ReadableSpan,
  type Sampler,
  type SamplingResult,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { clockOf, openClockOf } from '../span/clock.js';
import { withSpan } from '../span/scope.js';
import { SpanProcessors } from './span-processors.js';
import { cleanLink, SpanRecord, type RecordLimits, type SpanOrigin } from './span-record.js';

/** A sampler that describes how it decides, so that less has to be done for it. */
export interface RecordSampler extends Sampler {
  /** Whether attributes and links must be prepared for it. */
  readonly readsAttributes: boolean;
  /** Whether spans whose parent is in this process follow its decision. The sampler is not called for them. */
  readonly followsLocalParents: boolean;
  shouldSample(...args: Parameters<Sampler['shouldSample']>): RecordSamplingResult;
}

/** The decision of a sampler. */
interface RecordSamplingResult extends SamplingResult {
  /** Whether all descendants in this process follow the decision, even if the sampler is called for every span. */
  readonly isFollowed?: boolean;
}

/** Generates IDs, for example with a trace ID that the caller has chosen. */
export interface RecordIdGenerator {
  /** @param scope the context of the first span of the trace */
  generateTraceId(scope: Context): string;
  generateSpanId(): string;
}

/** The parts of a tracer provider. */
export interface RecordingParts {
  readonly resource: ReadableSpan['resource'];
  readonly sampler: RecordSampler;
  readonly idGenerator: RecordIdGenerator;
  readonly spanLimits: { readonly [Limit in keyof RecordLimits]?: RecordLimits[Limit] | undefined };
  readonly spanProcessors: readonly SpanProcessor[];
}

/** A tracer provider whose tracers create `SpanRecord`s. */
export class RecordingTracerProvider implements TracerProvider {
  private readonly tracers = new Map<string, RecordingTracer>();
  private readonly processor: SpanProcessor;

  constructor(private readonly parts: RecordingParts) {
    const [only, ...further] = parts.spanProcessors;
    const isSingle = only !== undefined && further.length === 0;
    this.processor = isSingle ? only : new SpanProcessors(parts.spanProcessors);
  }

  getTracer(name: string, version?: string, options?: { schemaUrl?: string }): Tracer {
    const scope = { name, version, schemaUrl: options?.schemaUrl };
    const key = `${name}@${version ?? ''}:${scope.schemaUrl ?? ''}`;
    let tracer = this.tracers.get(key);
    if (tracer === undefined) {
      tracer = new RecordingTracer(this.parts, this.processor, scope);
      this.tracers.set(key, tracer);
    }
    return tracer;
  }

  /** Rejects with the list of all errors, as the provider of the SDK does. */
  async forceFlush({ timeoutMillis = 30_000 }: { timeoutMillis?: number } = {}): Promise<void> {
    const flushed = await Promise.allSettled(
      this.parts.spanProcessors.map((processor) => flush(processor, timeoutMillis)),
    );
    const errors = flushed.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    if (errors.length > 0) throw errors;
  }

  shutdown(): Promise<void> {
    return this.processor.shutdown();
  }
}

const NO_LIMITS = { attributeCountLimit: Infinity, attributeValueLengthLimit: Infinity };
const DEFAULT_LIMIT = 128;

class RecordingTracer implements Tracer {
  private readonly origin: SpanOrigin;
  private readonly sampler: RecordSampler;
  private readonly idGenerator: RecordIdGenerator;

  constructor(
    { resource, spanLimits, sampler, idGenerator }: RecordingParts,
    processor: SpanProcessor,
    readonly instrumentationScope: ReadableSpan['instrumentationScope'],
  ) {
    this.origin = { resource, instrumentationScope, limits: withDefaults(spanLimits), processor };
    this.sampler = sampler;
    this.idGenerator = idGenerator;
  }

  startSpan(name: string, options: SpanOptions = {}, active: Context = context.active()): Span {
    const scope = options.root === true ? trace.deleteSpan(active) : active;
    if (isTracingSuppressed(scope)) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const { startTime, links } = options;
    const kind = options.kind ?? SpanKind.INTERNAL;
    const parent = trace.getSpan(scope);
    const parentSpanContext = validContext(parent);
    const spanId = this.idGenerator.generateSpanId();
    const traceId = parentSpanContext?.traceId ?? this.idGenerator.generateTraceId(scope);
    let { attributes } = options;
    let dropped = 0;
    const isFollowing =
      this.sampler.followsLocalParents ||
      (parentSpanContext !== undefined && followed.has(parentSpanContext));
    let sampled: RecordSamplingResult | undefined = isFollowing
      ? decisionOf(parentSpanContext)
      : undefined;
    if (sampled === undefined && this.sampler.readsAttributes) {
      const cleaned = cleanAttributes(attributes, NO_LIMITS);
      attributes = cleaned.attributes ?? {};
      dropped = cleaned.droppedAttributesCount ?? 0;
      const cleanedLinks = links?.map((link) => cleanLink(link, this.origin.limits)) ?? [];
      sampled = this.sampler.shouldSample(scope, traceId, name, kind, attributes, cleanedLinks);
    }
    sampled ??= this.sampler.shouldSample(scope, traceId, name, kind, {}, links ?? []);
    const { decision } = sampled;
    const isSampled = decision === SamplingDecision.RECORD_AND_SAMPLED;
    const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
    const spanContext: SpanContext = { traceId, spanId, traceFlags };
    if (!this.sampler.followsLocalParents && (isFollowing || sampled.isFollowed === true)) {
      followed.add(spanContext);
    }
    const traceState = sampled.traceState ?? parentSpanContext?.traceState;
    if (traceState !== undefined) spanContext.traceState = traceState;
    if (decision === SamplingDecision.NOT_RECORD) return trace.wrapSpanContext(spanContext);
    if (sampled.attributes !== undefined) {
      attributes = { ...attributes, ...(sampled.attributes as Attributes) };
    }
    const span = new SpanRecord(this.origin, {
      name,
      kind,
      spanContext,
      parentSpanContext,
      clock: clockOf(parent),
      startTime,
      attributes,
      links,
    });
    span.droppedAttributesCount += dropped;
    this.origin.processor.onStart(span, scope);
    return span;
  }

  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...args: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
  ): ReturnType<F> {
    return startActiveSpan(this, name, args);
  }
}

/** Starts a span with a tracer, and calls the last argument with it while the span is active. */
export function startActiveSpan<F extends (span: Span) => unknown>(
  tracer: Pick<Tracer, 'startSpan'>,
  name: string,
  args: [F] | [SpanOptions, F] | [SpanOptions, Context, F],
): ReturnType<F> {
  const fn = args.at(-1) as (span: Span) => ReturnType<F>;
  // As in the SDK, a call without a function does nothing.
  if (fn === undefined) return undefined as ReturnType<F>;
  const options = args.length > 1 ? (args[0] as SpanOptions) : undefined;
  const given = args.length > 2 ? (args[1] as Context | undefined) : undefined;
  const scope = given ?? context.active();
  const span = tracer.startSpan(name, options, scope);
  return context.with(withSpan(scope, span), fn, undefined, span);
}

async function flush(processor: SpanProcessor, timeoutMillis: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Span processor not flushed within ${timeoutMillis} ms`)),
      timeoutMillis,
    );
  });
  try {
    await Promise.race([processor.forceFlush(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Spans whose descendants follow their decision, even if the sampler is called for every span. */
const followed = new WeakSet<SpanContext>();

const RECORDED: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED };
const NOT_RECORDED: SamplingResult = { decision: SamplingDecision.NOT_RECORD };

/** Returns the decision of a parent in this process; undefined if the parent is remote, or there is none. */
function decisionOf(parent: SpanContext | undefined): SamplingResult | undefined {
  if (parent === undefined || parent.isRemote === true) return undefined;
  return (parent.traceFlags & TraceFlags.SAMPLED) === 0 ? NOT_RECORDED : RECORDED;
}

function validContext(span: Span | undefined): SpanContext | undefined {
  const context = span?.spanContext();
  if (context === undefined) return undefined;
  // The IDs of an open span of this package need no check, unless tracing was suppressed when it started.
  const isValid =
    openClockOf(span) === undefined
      ? isSpanContextValid(context)
      : context.traceId !== INVALID_TRACEID;
  return isValid ? context : undefined;
}

function withDefaults(limits: RecordingParts['spanLimits']): RecordLimits {
  return {
    attributeCountLimit: limits.attributeCountLimit ?? DEFAULT_LIMIT,
    attributeValueLengthLimit: limits.attributeValueLengthLimit ?? Infinity,
    eventCountLimit: limits.eventCountLimit ?? DEFAULT_LIMIT,
    linkCountLimit: limits.linkCountLimit ?? DEFAULT_LIMIT,
    attributePerEventCountLimit: limits.attributePerEventCountLimit ?? DEFAULT_LIMIT,
    attributePerLinkCountLimit: limits.attributePerLinkCountLimit ?? DEFAULT_LIMIT,
  };
}
