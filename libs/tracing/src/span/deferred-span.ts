import {
  context,
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
import { preciseNow } from './clock.js';
import { addEvent, keepErrors } from './events/add-event.js';
import { LateEvents, type LateEvent } from './events/late-events.js';
import { isParentless } from './incoming/parentless.js';
import { withoutThrowing } from './readable-attributes.js';
import type { TracingApp } from './tracing-app.js';

const brand = Symbol.for('nestjs-tracing.deferred-span');

/** What is needed to start the span of a call, and to start it again. */
export interface SpanPlan {
  /** The app for which the call is made; what is called in the span is its too. */
  readonly app?: TracingApp;
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
 * Its times are those of the wall clock at the start, and of the monotonic clock from there.
 */
export class DeferredSpan implements Span {
  /** One of the other build is one too: a process may load both. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }

  get [brand](): true {
    return true;
  }

  private parent: Context;
  private scope: Context | undefined;
  private start = preciseNow();
  private monotonicStart = performance.now();
  private span: Span | undefined;
  private onStart: (() => void) | undefined;

  /**
   * @param origin the first span of the same call: an Observable that is subscribed to again gets a
   *   span for each subscription, and all of them share one origin.
   */
  constructor(
    private readonly plan: SpanPlan,
    private readonly origin?: DeferredSpan,
  ) {
    this.parent = plan.parent;
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
    return new DeferredSpan({ ...this.plan, parent }, this.origin ?? this);
  }

  get app(): TracingApp | undefined {
    return this.plan.app;
  }

  /** The context in which the call was made. */
  get calledIn(): Context {
    return this.plan.parent;
  }

  isOfSameCallAs(other: DeferredSpan): boolean {
    return (this.origin ?? this) === (other.origin ?? other);
  }

  /** Moves the span below another parent and its start to now, if nothing was recorded yet. */
  restart(parent: Context): void {
    if (this.isStarted) return;
    if (parent !== this.parent) this.scope = undefined;
    this.parent = parent;
    this.start = preciseNow();
    this.monotonicStart = performance.now();
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
    const isNow = time === undefined && !isTime(attributesOrTime);
    const at = isNow ? this.now() : time;
    try {
      addEvent(this.started(), name, attributesOrTime, at);
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
  addLateEvent(event: LateEvent): boolean {
    const limit = this.plan.app?.lateEvents;
    if (limit === undefined) return false;
    event.time = this.now();
    LateEvents.add(this.started(), event, limit);
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
      keepErrors(span, true, () => span.recordException(exception, time ?? this.now()));
    } catch {
      // An error whose getters throw.
    }
  }

  end(time?: TimeInput): void {
    this.started().end(time ?? this.now());
  }

  private started(): Span {
    if (this.span === undefined) {
      const start = (): Span => this.startWith(this.plan.options);
      // The generator of ids is asked without a context: it finds the trace in the active one.
      this.span = isParentless(this.parent) ? context.with(this.parent, start) : start();
      this.onStart?.();
      this.onStart = undefined;
    }
    return this.span;
  }

  private startWith(options: SpanOptions): Span {
    const { tracer, name } = this.plan;
    const startOptions = { ...options, startTime: this.start };
    try {
      return tracer.startSpan(name, startOptions, this.parent);
    } catch {
      const { attributes, links = [] } = options;
      return tracer.startSpan(
        name,
        {
          ...startOptions,
          attributes: withoutThrowing(attributes),
          links: withoutThrowingLinks(links),
        },
        this.parent,
      );
    }
  }

  /** The SDK reads no monotonic clock for a span whose start was given, so its times are given too. */
  private now(): number {
    return this.start + (performance.now() - this.monotonicStart);
  }
}

function isTime(value: Attributes | TimeInput | undefined): value is TimeInput {
  return typeof value === 'number' || Array.isArray(value) || value instanceof Date;
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
