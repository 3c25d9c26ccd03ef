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
} from '@opentelemetry/api';
import { redactUserInfo } from '../redaction/redact-user-info.js';
import { CLOCK, clockOf, isTime, timeBy, withoutClock } from './clock.js';
import { runInContext } from './enter-context.js';
import { addEvent, keepErrors } from './events/add-event.js';
import { LazyEvents, type LazyEvent } from './events/lazy-events.js';
import { withoutThrowing } from './attributes.js';
import type { TracingApp } from './tracing-app.js';

/**
 * How many ancestors of a span may wait to be started with it. Where there are more they are started
 * before, so that neither their memory nor the time to start them grows with the depth of nesting.
 */
const MAX_WAITING_ANCESTORS = 50;

/** What is needed to start the span of a call. */
export interface SpanPlan {
  /** The app for which the call is made; what is called in the span is its too. */
  readonly app?: TracingApp | undefined;
  readonly tracer: Tracer;
  readonly name: string;
  readonly options: SpanOptions;
  /** The context that holds the parent. */
  readonly parent: Context;
}

/**
 * A span that its tracer starts only when somebody records on it or asks for its ids.
 *
 * The body of a method may return an Observable that nobody subscribes to, or that is subscribed
 * to much later. Until something is recorded there is no span to speak of: it can still be moved
 * to another start, or be dropped without a trace, and no span processor has seen it.
 *
 * Its times are those of its parent's clock, while the parent is open in this process (rule 32).
 */
export class DeferredSpan implements Span {
  readonly app: TracingApp | undefined;
  private readonly tracer: Tracer;
  private readonly name: string;
  private readonly options: SpanOptions;
  /** The context that holds the parent, until the span is started: it keeps no ancestor alive. */
  private parent: Context;
  private scope: Context | undefined;
  private waitingAncestors: number;
  /** A number of its own: a span keeps no ancestor for its clock. */
  private clock: number;
  /** By `performance.now()`. */
  private start: number;
  private isEnded = false;
  private span: Span | undefined;
  private onStart: (() => void) | undefined;

  /**
   * @param call stands for the call that the span is of: an Observable that is subscribed to again
   *   gets a span for each subscription, all of the same call.
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

  /** What a child takes over; undefined once the span has ended. */
  get [CLOCK](): number | undefined {
    return this.isEnded ? undefined : this.clock;
  }

  /** Whether something was recorded, or the ids were handed out: from then on the span exists. */
  get isStarted(): boolean {
    return this.span !== undefined;
  }

  /** Calls back once the span exists: now, or when something is recorded. The last one counts. */
  whenStarted(callback: (() => void) | undefined): void {
    if (this.isStarted) callback?.();
    else this.onStart = callback;
  }

  /** Another span of the same call. */
  again(parent: Context): DeferredSpan {
    const { app, tracer, name, options } = this;
    return new DeferredSpan({ app, tracer, name, options, parent }, this.call);
  }

  isOfSameCallAs(other: DeferredSpan): boolean {
    return this.call === other.call;
  }

  /** Moves the span below another parent and its start to now, if nothing was recorded yet. */
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

  /** The context in which this span is the active one. */
  activate(): Context {
    return (this.scope ??= trace.setSpan(this.parent, this));
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
      // A value that throws when it is read, or a key that is no text.
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

  /** The same for an event that is known to tell of an error, or of none. */
  addEventOf(isError: boolean, name: string, attributes: Attributes): void {
    addEvent(this.started(), name, attributes, this.now(), isError);
  }

  /**
   * Adds an event that is made when the span is exported, which takes less of the time of the call.
   * False where the span is not exported by us, or somebody else reads it before: then it is to be
   * made at once.
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

  /** The user info of URLs in the message is redacted: it often is that of an error. */
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
      // An error whose getters throw.
    }
  }

  /** @param time now by default; a reading of `performance.now()` is taken by the span's clock. */
  end(time?: TimeInput): void {
    const span = this.started();
    this.isEnded = true;
    span.end(timeBy(this.clock, time));
  }

  private started(): Span {
    return this.span ?? this.startBelowAncestors();
  }

  /** Starting a span asks for the ids of its parent: the outermost comes first, so no start is nested. */
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
    // The parent is active meanwhile, as where a span is started by hand: the generator of ids finds
    // the trace there, and what a sampler or a processor logs has a span that is started.
    const start = (): Span => this.startWith(this.options, parent);
    this.span = runInContext(parent, start);
    this.activate();
    this.parent = ROOT_CONTEXT;
    this.onStart?.();
    this.onStart = undefined;
    return this.span;
  }

  private startWith(options: SpanOptions, parent: Context): Span {
    const tracer = withoutClock(this.tracer);
    const startOptions = { ...options, startTime: this.clock + this.start };
    try {
      return tracer.startSpan(this.name, startOptions, parent);
    } catch {
      const { attributes, links = [] } = options;
      return tracer.startSpan(
        this.name,
        {
          ...startOptions,
          attributes: withoutThrowing(attributes),
          links: withoutThrowingLinks(links),
        },
        parent,
      );
    }
  }

  private findClock(): number {
    return clockOf(this.options.root === true ? undefined : this.parent);
  }

  /** The parent, where it is a span that is not started yet. */
  private waitingParent(): DeferredSpan | undefined {
    if (this.options.root === true) return undefined;
    const parent = trace.getSpan(this.parent);
    return parent instanceof DeferredSpan && !parent.isStarted ? parent : undefined;
  }

  /** Answers how many ancestors wait for their start, once there are not too many of them. */
  private limitWaitingAncestors(): number {
    const parent = this.waitingParent();
    if (parent === undefined) return 0;
    if (parent.waitingAncestors < MAX_WAITING_ANCESTORS - 1) return parent.waitingAncestors + 1;
    parent.started();
    return 0;
  }

  /** The SDK reads `Date.now()` for a span whose start was given, so its times are given too. */
  private now(): number {
    return this.clock + performance.now();
  }
}

/** Those that can be read, with the attributes that can be. */
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
