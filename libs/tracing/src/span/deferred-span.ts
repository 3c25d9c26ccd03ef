import {
  ROOT_CONTEXT,
  trace,
  type AttributeValue,
  type Attributes,
  type Context,
  type Exception,
  type Link,
  type Span,
  type SpanContext,
  type SpanOptions,
  type SpanStatus,
  type TimeInput,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { redactUserInfo } from '../redaction/redact-user-info.js';
import { CLOCK, clockOf, isTime, timeBy } from './clock.js';
import { runInContext } from './enter-context.js';
import { addEvent, keepErrors, LazyEvents, type LazyEvent } from './events.js';
import { withoutThrowing } from './attributes.js';
import { sharedSymbol } from './process-state.js';
import { withSpan } from './scope.js';
import type { TracingApp } from './tracing-app.js';

const brand: unique symbol = sharedSymbol('deferred span') as never;

/** All versions of this package read the tracer provider of a span's app under this key. */
const provider = Symbol.for('nestjs-tracing.tracer-provider');

/** Returns the tracer provider of a span that another version of this package may have created. */
export function providerOfOtherVersion(
  span: (Span & { [provider]?: TracerProvider | undefined }) | undefined,
): TracerProvider | undefined {
  return span?.[provider];
}

/**
 * The maximum number of ancestors of a span that may wait to be started with it. Further ancestors are
 * started earlier, so that neither memory nor the time of a start grows with the depth of nesting.
 */
const MAX_WAITING_ANCESTORS = 50;

/** Describes the span of a call before the span is started. */
export interface SpanPlan {
  /** The app for which the call is made. Calls within the span belong to the same app. */
  readonly app?: TracingApp | undefined;
  readonly tracer: Tracer;
  readonly name: string;
  readonly options: SpanOptions;
  /** The context that holds the parent. */
  readonly parent: Context;
}

/**
 * A span that the tracer starts only when something is recorded on it or its IDs are read.
 *
 * A method may return an Observable that is subscribed to much later, or never. Until something is
 * recorded, no span processor has seen the span: its start can still be moved, and it can be dropped
 * without effect.
 *
 * The span uses the clock of its parent while the parent is open in this process (rule 32).
 */
export class DeferredSpan implements Span {
  /** A span of the other build of this version is one too: a process may load both builds. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }

  get [brand](): true {
    return true;
  }

  get [provider](): TracerProvider | undefined {
    return this.app?.tracerProvider;
  }

  readonly app: TracingApp | undefined;
  private readonly tracer: Tracer;
  private readonly name: string;
  private readonly options: SpanOptions;
  /** The context that holds the parent. Cleared when the span starts, to keep no ancestor alive. */
  private parent: Context;
  private scope: Context | undefined;
  private waitingAncestors: number;
  /** A copy of the parent's clock, to keep no ancestor alive. */
  private clock: number;
  /** A reading of `performance.now()`. */
  private start: number;
  private isEnded = false;
  private span: Span | undefined;
  private onStart: (() => void) | undefined;

  /**
   * @param call the identity of the traced call: each subscription to an Observable that the call
   *   returned gets a span, and all these spans share it
   */
  constructor(
    { app, tracer, name, options, parent }: SpanPlan,
    private readonly call: object = {},
  ) {
    this.app = app;
    this.tracer = tracer;
    this.name = name;
    this.options = options;
    this.parent = parent;
    this.waitingAncestors = this.limitWaitingAncestors();
    this.clock = this.findClock();
    this.start = performance.now();
  }

  /** The clock that a child uses too; undefined once the span has ended. */
  get [CLOCK](): number | undefined {
    return this.isEnded ? undefined : this.clock;
  }

  /** Whether the tracer has started the span: something was recorded, or the IDs were read. */
  get isStarted(): boolean {
    return this.span !== undefined;
  }

  /** Calls `callback` once the span is started, or now if it is already. Replaces an earlier callback. */
  whenStarted(callback: (() => void) | undefined): void {
    if (this.isStarted) callback?.();
    else this.onStart = callback;
  }

  /** Creates another span of the same call. */
  again(parent: Context): DeferredSpan {
    const { app, tracer, name, options } = this;
    return new DeferredSpan({ app, tracer, name, options, parent }, this.call);
  }

  isOfSameCallAs(other: DeferredSpan): boolean {
    return this.call === other.call;
  }

  /** Changes the parent of the span and moves its start to now, unless the span is already started. */
  restart(parent: Context): void {
    if (this.isStarted) return;
    if (parent !== this.parent) {
      this.scope = undefined;
      this.parent = parent;
      this.waitingAncestors = this.limitWaitingAncestors();
    }
    this.clock = this.findClock();
    this.start = performance.now();
  }

  /** Returns the context in which this span is active. */
  activate(): Context {
    return (this.scope ??= withSpan(this.parent, this));
  }

  spanContext(): SpanContext {
    return this.started().spanContext();
  }

  isRecording(): boolean {
    return this.started().isRecording();
  }

  setAttribute(key: string, value: AttributeValue): this {
    try {
      this.started().setAttribute(key, value);
    } catch {
      // The value throws when it is read, or the key is not a string.
    }
    return this;
  }

  setAttributes(attributes: Attributes): this {
    const span = this.started();
    try {
      span.setAttributes(attributes);
    } catch {
      span.setAttributes(withoutThrowing(attributes));
    }
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    try {
      const [attributes, given] = isTime(attributesOrTime)
        ? [undefined, time ?? attributesOrTime]
        : [attributesOrTime, time];
      addEvent(this.started(), name, attributes, timeBy(this.clock, given));
    } catch {
      addEvent(this.started(), name, withoutThrowing(attributesOrTime), this.now());
    }
    return this;
  }

  /** Adds an event of which the caller says whether it describes an error. */
  addEventOf(isError: boolean, name: string, attributes: Attributes): void {
    addEvent(this.started(), name, attributes, this.now(), isError);
  }

  /**
   * Adds an event that is built when the span is exported, which makes the traced call faster. Returns
   * false if another exporter or processor reads the span: then the event has to be built at once.
   */
  addLazyEvent(event: LazyEvent): boolean {
    const limit = this.app?.lazyEventLimit;
    if (limit === undefined) return false;
    event.time = this.now();
    LazyEvents.add(this.started(), event, limit);
    return true;
  }

  addLink(link: Link): this {
    const span = this.started();
    try {
      span.addLink(link);
    } catch {
      for (const readable of withoutThrowingLinks([link])) span.addLink(readable);
    }
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  /** Sets the status. User info of URLs is redacted from the message, which often comes from an error. */
  setStatus(status: SpanStatus): this {
    const { code, message } = status;
    this.started().setStatus(
      typeof message === 'string' ? { code, message: redactUserInfo(message) } : status,
    );
    return this;
  }

  updateName(name: string): this {
    this.started().updateName(name);
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const span = this.started();
    try {
      keepErrors(span, true, () => span.recordException(exception, timeBy(this.clock, time)));
    } catch {
      // The getters of the error throw.
    }
  }

  /** @param time now by default; a reading of `performance.now()` is converted by the span's clock */
  end(time?: TimeInput): void {
    const span = this.started();
    this.isEnded = true;
    span.end(timeBy(this.clock, time));
  }

  private started(): Span {
    return this.span ?? this.startBelowAncestors();
  }

  /** Starting a span reads the IDs of its parent, so the outermost is started first: no start is nested. */
  private startBelowAncestors(): Span {
    const waiting: DeferredSpan[] = [];
    let ancestor = this.waitingParent();
    while (ancestor !== undefined) {
      waiting.push(ancestor);
      ancestor = ancestor.waitingParent();
    }
    for (const span of waiting.toReversed()) span.startBelowParent();
    return this.startBelowParent();
  }

  private startBelowParent(): Span {
    const { parent } = this;
    // The parent is active meanwhile, as if the app started the span itself, if code of the app may run:
    // what its sampler or span processor logs and traces belongs to the parent.
    this.span =
      this.app?.startsUnobserved === true
        ? this.startWith(this.options, parent)
        : runInContext(parent, () => this.startWith(this.options, parent));
    this.activate();
    this.parent = ROOT_CONTEXT;
    this.onStart?.();
    this.onStart = undefined;
    return this.span;
  }

  private startWith(options: SpanOptions, parent: Context): Span {
    const { tracer } = this;
    const { kind, attributes, links, root } = options;
    const startTime = this.clock + this.start;
    const startOptions = { kind, attributes, links, root, startTime };
    try {
      return tracer.startSpan(this.name, startOptions, parent);
    } catch {
      const readable = {
        attributes: withoutThrowing(attributes),
        links: withoutThrowingLinks(links ?? []),
      };
      return tracer.startSpan(this.name, { ...startOptions, ...readable }, parent);
    }
  }

  private findClock(): number {
    return clockOf(this.options.root === true ? undefined : trace.getSpan(this.parent));
  }

  /** Returns the parent if it is a span that is not started yet. */
  private waitingParent(): DeferredSpan | undefined {
    if (this.options.root === true) return undefined;
    const parent = trace.getSpan(this.parent);
    return parent instanceof DeferredSpan && !parent.isStarted ? parent : undefined;
  }

  /** Starts ancestors if too many are waiting, and returns how many still wait. */
  private limitWaitingAncestors(): number {
    const parent = this.waitingParent();
    if (parent === undefined) return 0;
    if (parent.waitingAncestors < MAX_WAITING_ANCESTORS - 1) return parent.waitingAncestors + 1;
    parent.started();
    return 0;
  }

  /** All times are passed to the span: that of an external SDK would read `Date.now()`, which is coarser. */
  private now(): number {
    return this.clock + performance.now();
  }
}

/** Copies the links that can be read, with the attributes that can be read. */
function withoutThrowingLinks(links: readonly Link[]): Link[] {
  if (!Array.isArray(links)) return [];
  return links.flatMap((link) => {
    try {
      return [{ context: link.context, attributes: withoutThrowing(link.attributes) }];
    } catch {
      return [];
    }
  });
}
