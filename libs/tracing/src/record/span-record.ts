import { inspect, type InspectOptions } from 'node:util';
import {
  diag,
  SpanStatusCode,
  type Attributes,
  type AttributeValue,
  type Exception,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  type TimeInput,
} from '@opentelemetry/api';
import {
  AddAttributeDecision,
  cleanAttributes,
  cleanSimpleAttributes,
  hrTimeDuration,
  isTimeInput,
  isTimeInputHrTime,
  maybeAddAttribute,
  millisToHrTime,
} from '@opentelemetry/core';
import type { ReadableSpan, SpanProcessor, TimedEvent } from '@opentelemetry/sdk-trace';
import { CLOCK } from '../span/clock.js';

/** Milliseconds since the epoch, or seconds and nanoseconds exactly as a caller has passed them. */
export type RecordedTime = number | HrTime;

type ReadableLink = ReadableSpan['links'][number];

/** How much a span may hold. */
export interface RecordLimits {
  readonly attributeCountLimit: number;
  readonly attributeValueLengthLimit: number;
  readonly eventCountLimit: number;
  readonly linkCountLimit: number;
  readonly attributePerEventCountLimit: number;
  readonly attributePerLinkCountLimit: number;
}

/** Everything that the spans of a tracer share. */
export interface SpanOrigin {
  readonly resource: ReadableSpan['resource'];
  readonly instrumentationScope: ReadableSpan['instrumentationScope'];
  readonly limits: RecordLimits;
  readonly processor: SpanProcessor;
}

/** The start of a span. */
export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanContext: SpanContext;
  readonly parentSpanContext: SpanContext | undefined;
  /** The milliseconds to add to `performance.now()` to get the time since the epoch. */
  readonly clock: number;
  /** @default now */
  readonly startTime: TimeInput | undefined;
  readonly attributes: Attributes | undefined;
  readonly links: readonly Link[] | undefined;
}

/** The length from which a list of attributes, which is searched for each key, becomes an object. */
const MAX_LIST = 64;

/**
 * A span that records. It behaves as the span of the OpenTelemetry SDK does, and span processors,
 * exporters and instrumentations may read it as one, but it costs less: times stay numbers until they are
 * read, and attributes with the usual types of values are stored as they are.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk/
 */
export class SpanRecord implements Span, ReadableSpan {
  readonly kind: SpanKind;
  readonly parentSpanContext: SpanContext | undefined;
  readonly links: ReadableLink[] = [];
  readonly events: TimedEvent[] = [];
  name: string;
  status: SpanStatus = { code: SpanStatusCode.UNSET };
  ended = false;
  droppedAttributesCount = 0;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  /** The clock that child spans use too; undefined once the span has ended. */
  [CLOCK]: number | undefined;
  private readonly origin: SpanOrigin;
  private readonly ids: SpanContext;
  private readonly clock: number;
  private readonly start: RecordedTime;
  private finish: RecordedTime = 0;
  private attributesCount = 0;
  /** The attributes as keys and values in turn, which is the fastest to write. Undefined once they are an object. */
  private list: unknown[] | undefined = [];
  private object: Attributes | undefined;

  constructor(origin: SpanOrigin, started: SpanStart) {
    this.origin = origin;
    this.name = started.name;
    this.kind = started.kind;
    this.ids = started.spanContext;
    this.parentSpanContext = started.parentSpanContext;
    this.clock = started.clock;
    this[CLOCK] = started.clock;
    this.start = this.timeOf(started.startTime);
    if (started.attributes !== undefined) this.startWith(started.attributes);
    for (const link of started.links ?? []) this.addLink(link);
  }

  /** The attributes of a span that nobody has read, as keys and values in turn. */
  static unreadAttributes(span: ReadableSpan): readonly unknown[] | undefined {
    return span instanceof SpanRecord && Object.hasOwn(span, 'list') ? span.list : undefined;
  }

  /** An object from the first time it is read: whoever reads it may also change it. */
  get attributes(): Attributes {
    if (this.object !== undefined) return this.object;
    const object: Attributes = {};
    const { list = [] } = this;
    for (let at = 0; at < list.length; at += 2) {
      object[list[at] as string] = list[at + 1] as AttributeValue;
    }
    this.list = undefined;
    return (this.object = object);
  }

  get resource(): ReadableSpan['resource'] {
    return this.origin.resource;
  }

  get instrumentationScope(): ReadableSpan['instrumentationScope'] {
    return this.origin.instrumentationScope;
  }

  get startTime(): HrTime {
    return hrTimeOf(this.start);
  }

  get endTime(): HrTime {
    return hrTimeOf(this.finish);
  }

  get duration(): HrTime {
    // A processor's `onEnding()` may read it too, when the span still can be changed.
    const hasEnd = this.ended || this.finish !== 0;
    return hasEnd ? hrTimeDuration(this.startTime, this.endTime) : [-1, -1];
  }

  spanContext(): SpanContext {
    return this.ids;
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (!this.isWritable()) return this;
    if (!this.setPlain(key, value)) this.setUnusual(key, value);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    // As in the SDK, code without types may pass `null`.
    for (const key of Object.keys(attributes ?? {})) {
      const value = attributes[key];
      if (value !== undefined) this.setAttribute(key, value);
    }
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (!this.isWritable()) return this;
    const { eventCountLimit, attributePerEventCountLimit, attributeValueLengthLimit } =
      this.origin.limits;
    if (eventCountLimit === 0) {
      this.droppedEventsCount++;
      return this;
    }
    if (this.events.length >= eventCountLimit) {
      this.events.shift();
      this.droppedEventsCount++;
    }
    const isTimeFirst = isTimeInput(attributesOrTime);
    const given = isTimeFirst && !isTimeInput(time) ? attributesOrTime : time;
    this.events.push({
      name,
      time: hrTimeOf(this.timeOf(given)),
      ...cleanSimpleAttributes(isTimeFirst ? undefined : attributesOrTime, {
        attributeCountLimit: attributePerEventCountLimit,
        attributeValueLengthLimit,
      }),
    });
    return this;
  }

  addLink(link: Link): this {
    if (!this.isWritable()) return this;
    const { linkCountLimit } = this.origin.limits;
    if (linkCountLimit === 0) {
      this.droppedLinksCount++;
      return this;
    }
    if (this.links.length >= linkCountLimit) {
      this.links.shift();
      this.droppedLinksCount++;
    }
    this.links.push(cleanLink(link, this.origin.limits));
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus(status: SpanStatus): this {
    if (!this.isWritable()) return this;
    const { code, message } = status;
    if (code === SpanStatusCode.UNSET) return this;
    if (this.status.code === SpanStatusCode.OK) return this;
    if (code === SpanStatusCode.ERROR && typeof message === 'string') {
      this.status = { code, message };
      return this;
    }
    if (code === SpanStatusCode.ERROR && message !== undefined && message !== null) {
      diag.warn(`Dropped a status message: expected a string, got ${typeof message}`);
    }
    this.status = { code };
    return this;
  }

  updateName(name: string): this {
    if (this.isWritable()) this.name = name;
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const attributes: Attributes = {};
    if (typeof exception === 'string') {
      attributes['exception.message'] = exception;
    } else if (exception) {
      const { code, name, message, stack } = exception;
      if (code) attributes['exception.type'] = String(code);
      else if (name) attributes['exception.type'] = name;
      if (message) attributes['exception.message'] = message;
      if (stack) attributes['exception.stacktrace'] = stack;
    }
    if (attributes['exception.type'] || attributes['exception.message']) {
      this.addEvent('exception', attributes, time);
    } else {
      diag.warn('An exception without a name, code or message was not recorded');
    }
  }

  end(time?: TimeInput): void {
    if (!this.isWritable()) return;
    const { processor } = this.origin;
    this.finish = this.timeOf(time);
    if (this.isBeforeStart()) {
      diag.warn(`The end of span ${this.name} is before its start: its duration is set to 0`);
      this.finish = this.start;
    }
    const { droppedEventsCount: events, droppedLinksCount: links } = this;
    if (events + links > 0) {
      diag.warn(`Span ${this.name} dropped ${events} events and ${links} links beyond its limits`);
    }
    processor.onEnding?.(this);
    this.ended = true;
    this[CLOCK] = undefined;
    processor.onEnd(this);
  }

  [inspect.custom](depth: number, options: InspectOptions): string {
    const { name, kind, ids, parentSpanContext, status, attributes, events, links, ended } = this;
    const shown = { name, kind, ids, parentSpanContext, status, attributes, events, links, ended };
    return `SpanRecord ${inspect(shown, { ...options, depth })}`;
  }

  private startWith(attributes: Attributes): void {
    if (typeof attributes !== 'object' || attributes === null) return;
    for (const key of Object.keys(attributes)) {
      const value = attributes[key];
      if (value === undefined || this.setPlain(key, value)) continue;
      // As in the SDK, invalid attributes count as dropped only if the span starts with them.
      if (this.setUnusual(key, value) === AddAttributeDecision.DROP_INVALID) {
        this.droppedAttributesCount++;
      }
    }
  }

  /** Sets an attribute that needs no cleaning and surely has room. Returns whether it is one. */
  private setPlain(key: string, value: AttributeValue): boolean {
    const { limits } = this.origin;
    const isPlain =
      typeof value === 'string'
        ? value.length <= limits.attributeValueLengthLimit
        : typeof value === 'number' || typeof value === 'boolean';
    if (!isPlain || key === '' || this.attributesCount >= limits.attributeCountLimit) return false;
    const list = this.list !== undefined && this.list.length < MAX_LIST ? this.list : undefined;
    if (list === undefined) {
      const { attributes } = this;
      if (!Object.hasOwn(attributes, key)) this.attributesCount++;
      attributes[key] = value;
      return true;
    }
    for (let at = 0; at < list.length; at += 2) {
      if (list[at] === key) {
        list[at + 1] = value;
        return true;
      }
    }
    list.push(key, value);
    this.attributesCount++;
    return true;
  }

  private isWritable(): boolean {
    if (this.ended) {
      const { traceId, spanId } = this.ids;
      diag.warn(`Span ${this.name} (${traceId}-${spanId}) has ended and can no longer be changed`);
    }
    return !this.ended;
  }

  private setUnusual(key: string, value: AttributeValue): AddAttributeDecision {
    const { attributes, attributesCount: currentAttributesCount } = this;
    const { limits } = this.origin;
    const decision = maybeAddAttribute({ key, value, attributes, limits, currentAttributesCount });
    if (decision === AddAttributeDecision.ADD_NEW) this.attributesCount++;
    if (decision === AddAttributeDecision.DROP_LIMIT_REACHED) {
      if (this.droppedAttributesCount++ === 0) diag.warn('Dropping extra attributes.');
    }
    return decision;
  }

  /** As in the OpenTelemetry SDK, a number up to `performance.now()` is a reading of that clock. */
  private timeOf(time: TimeInput | undefined): RecordedTime {
    if (time === undefined) return this.clock + performance.now();
    if (typeof time === 'number') return isReading(time) ? this.clock + time : time;
    if (time instanceof Date) return time.getTime();
    return isTimeInputHrTime(time) ? time : this.clock + performance.now();
  }

  private isBeforeStart(): boolean {
    const { start, finish } = this;
    if (typeof start === 'number' && typeof finish === 'number') return finish < start;
    return hrTimeDuration(hrTimeOf(start), hrTimeOf(finish))[0] < 0;
  }
}

/** More milliseconds than any process runs, and fewer than have passed since the epoch. */
const LATEST_READING = 1e12;

/** Whether a time is a reading of `performance.now()`, which is only read if it decides. */
function isReading(time: number): boolean {
  return time < LATEST_READING && time <= performance.now();
}

/** Copies a link with the attributes that are valid and within the limits. */
export function cleanLink(link: Link, limits: RecordLimits): ReadableLink {
  return {
    context: link.context,
    ...cleanAttributes(link.attributes, {
      attributeCountLimit: limits.attributePerLinkCountLimit,
      attributeValueLengthLimit: limits.attributeValueLengthLimit,
    }),
  };
}

function hrTimeOf(time: RecordedTime): HrTime {
  return typeof time === 'number' ? millisToHrTime(time) : time;
}
