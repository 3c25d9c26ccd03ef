import {
  isSpanContextValid,
  SpanKind,
  SpanStatusCode,
  type Attributes,
  type HrTime,
  type SpanContext,
} from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { ProtoWriter, MAX_LOOP_COPY } from './proto-writer.js';
import { SpanRecord } from './span-record.js';

/*
 * Tags of fields, as in `opentelemetry/proto/trace/v1/trace.proto` and `common/v1/common.proto`. Fields with
 * their default value are left out, which decodes to the same.
 */
const FIELD_ONE = 0x0a; // with a length, as the next four
const FIELD_TWO = 0x12;
const FIELD_THREE = 0x1a;
const FIELD_FOUR = 0x22;
const FIELD_FIVE = 0x2a;
const SPAN_ATTRIBUTES = 0x4a;
const EVENT_ATTRIBUTES = FIELD_THREE;
const LINK_ATTRIBUTES = FIELD_FOUR;

const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** The most bytes between two texts of a span, and of an attribute. */
const FRAME = 160;
const ATTRIBUTE_FRAME = 40;

const TRACE_ID_BYTES = 16;

/** How deep values may be nested in each other. */
export const MAX_DEPTH = 8;

/** Encodes spans for OTLP. */
export class SpanWriter extends ProtoWriter {
  /** The latest trace ID, which several spans in turn often have, and its bytes. */
  private latestTraceId = '';
  private readonly latestTraceIdBytes = new Uint8Array(1 + TRACE_ID_BYTES);

  /**
   * Writes a span, as an element of `ScopeSpans.spans`.
   *
   * @returns false if the span has to be changed before it is exported, because it has a value that
   *   receivers refuse, or a text that may be a URL with user info
   */
  span(span: ReadableSpan): boolean {
    this.isPlain = true;
    const { traceId, spanId, traceFlags, traceState } = span.spanContext();
    const { name, parentSpanContext: parent, kind, status, events, links } = span;
    this.reserve(FRAME);
    this.byte(FIELD_TWO);
    const start = this.begin();
    this.byte(FIELD_ONE);
    this.traceId(traceId);
    this.byte(FIELD_TWO);
    this.hex(spanId);
    if (traceState !== undefined) this.traceState(traceState);
    if (parent?.spanId) {
      this.byte(FIELD_FOUR);
      this.hex(parent.spanId);
    }
    this.byte(FIELD_FIVE);
    if (typeof name === 'string') this.string(name);
    else this.isPlain = false;
    this.reserve(FRAME);
    if (SpanKind[kind] === undefined) this.isPlain = false;
    this.byte(0x30); // 6: kind, which OTLP counts from 1
    this.varint(kind + 1);
    this.byte(0x39); // 7: start
    this.time(span.startTime);
    this.byte(0x41); // 8: end
    this.time(span.endTime);
    const unread = SpanRecord.unreadAttributes(span);
    if (unread === undefined) this.attributes(span.attributes, SPAN_ATTRIBUTES);
    else this.attributeList(unread);
    this.count(span.droppedAttributesCount, 0x50);
    for (const event of events) this.event(event);
    this.count(span.droppedEventsCount, 0x60);
    for (const link of links) this.link(link);
    this.count(span.droppedLinksCount, 0x70);
    this.status(status);
    this.reserve(FRAME);
    this.byte(0x85); // 16: flags
    this.byte(0x01);
    this.fixed32(flagsOf(traceFlags, parent?.isRemote));
    this.end(start);
    return this.isPlain;
  }

  /** @param tag that of the field, which differs between messages */
  attributes(attributes: Attributes, tag: number): void {
    for (const key in attributes) this.attributeOf(key, attributes[key], tag);
  }

  private attributeList(list: readonly unknown[]): void {
    for (let at = 0; at < list.length; at += 2) {
      this.attributeOf(list[at] as string, list[at + 1], SPAN_ATTRIBUTES);
    }
  }

  private attributeOf(key: string, value: unknown, tag: number): void {
    const isShort =
      typeof value === 'string' &&
      value.length <= MAX_LOOP_COPY &&
      this.shortAttribute(key, value, tag);
    if (!isShort) this.attribute(key, value, tag, 1);
  }

  private traceId(traceId: string): void {
    if (traceId === this.latestTraceId) {
      this.copy(this.latestTraceIdBytes);
      return;
    }
    const start = this.position;
    this.hex(traceId);
    if (traceId.length !== 2 * TRACE_ID_BYTES) return;
    this.latestTraceId = traceId;
    this.latestTraceIdBytes.set(this.bytes.subarray(start, this.position));
  }

  private traceState(traceState: NonNullable<SpanContext['traceState']>): void {
    const text = traceState.serialize();
    if (text === '') return;
    this.byte(FIELD_THREE);
    this.string(text);
    this.reserve(FRAME);
  }

  private time([seconds, nanoseconds]: HrTime): void {
    this.nanoseconds(Math.trunc(seconds), Math.trunc(nanoseconds));
  }

  private count(count: number, tag: number): void {
    if (count === 0) return;
    this.reserve(FRAME);
    this.byte(tag);
    this.varint(count);
  }

  private event({ name, time, attributes, droppedAttributesCount = 0 }: TimedEvent): void {
    this.reserve(FRAME);
    this.byte(0x5a); // 11
    const start = this.begin();
    this.byte(0x09); // 1: time
    this.time(time);
    this.byte(FIELD_TWO);
    if (typeof name === 'string') this.string(name);
    else this.isPlain = false;
    if (attributes !== undefined) this.attributes(attributes, EVENT_ATTRIBUTES);
    this.count(droppedAttributesCount, 0x20);
    this.end(start);
  }

  private link(link: ReadableSpan['links'][number]): void {
    const { context, attributes, droppedAttributesCount = 0 } = link;
    if (!isSpanContextValid(context)) {
      this.isPlain = false;
      return;
    }
    const { traceId, spanId, traceFlags, traceState, isRemote } = context;
    this.reserve(FRAME);
    this.byte(0x6a); // 13
    const start = this.begin();
    this.byte(FIELD_ONE);
    this.hex(traceId);
    this.byte(FIELD_TWO);
    this.hex(spanId);
    if (traceState !== undefined) this.traceState(traceState);
    if (attributes !== undefined) this.attributes(attributes, LINK_ATTRIBUTES);
    this.count(droppedAttributesCount, 0x28);
    this.reserve(FRAME);
    this.byte(0x35); // 6: flags
    this.fixed32(flagsOf(traceFlags, isRemote));
    this.end(start);
  }

  private status({ code, message }: ReadableSpan['status']): void {
    if (SpanStatusCode[code] === undefined) this.isPlain = false;
    if (code === SpanStatusCode.UNSET && !message) return;
    this.reserve(FRAME);
    this.byte(0x7a); // 15
    const start = this.begin();
    if (message) {
      this.byte(FIELD_TWO);
      if (typeof message === 'string') this.string(message);
      else this.isPlain = false;
      this.reserve(FRAME);
    }
    this.byte(0x18); // 3: code
    this.varint(code);
    this.end(start);
  }

  /** Writes an attribute if each of its lengths takes one byte, and returns whether it does. */
  private shortAttribute(key: string, value: string, tag: number): boolean {
    const keyField = this.keyField(key);
    const valueLength = value.length + 2;
    const length = keyField.length + valueLength + 2;
    if (length > 0x7f) return false;
    this.reserve(ATTRIBUTE_FRAME + keyField.length);
    const start = this.position;
    this.byte(tag);
    this.byte(length);
    this.copy(keyField);
    this.byte(FIELD_TWO);
    this.byte(valueLength);
    this.byte(FIELD_ONE);
    this.string(value);
    // A text that is not ASCII takes more bytes.
    if (this.position === start + length + 2) return true;
    this.position = start;
    return false;
  }

  private attribute(key: string, value: unknown, tag: number, depth: number): void {
    const keyField = this.keyField(key);
    this.reserve(ATTRIBUTE_FRAME + keyField.length);
    this.byte(tag);
    const start = this.begin();
    this.copy(keyField);
    this.byte(FIELD_TWO);
    this.value(value, depth);
    this.end(start);
  }

  /** Writes an `AnyValue` with its length. */
  private value(value: unknown, depth: number): void {
    this.reserve(ATTRIBUTE_FRAME);
    const start = this.begin();
    switch (typeof value) {
      case 'string':
        this.byte(FIELD_ONE);
        this.string(value);
        break;
      case 'boolean':
        this.byte(0x10);
        this.byte(value ? 1 : 0);
        break;
      case 'number':
        this.number(value);
        break;
      case 'object':
        if (value !== null) this.object(value, depth);
        break;
      default: // It has no place in OTLP, and becomes an empty value.
    }
    this.end(start);
  }

  private number(value: number): void {
    if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63) {
      this.byte(0x18);
      this.int64(value);
    } else {
      if (!Number.isFinite(value)) this.isPlain = false;
      this.byte(0x21);
      this.double(value);
    }
  }

  private object(value: object, depth: number): void {
    if (value instanceof Uint8Array) {
      this.byte(0x3a);
      this.varint(value.length);
      this.copy(value);
      return;
    }
    if (depth > MAX_DEPTH) {
      this.isPlain = false;
      return;
    }
    this.byte(Array.isArray(value) ? FIELD_FIVE : 0x32);
    const start = this.begin();
    if (Array.isArray(value)) this.items(value, depth + 1);
    else this.members(value, depth + 1);
    this.end(start);
  }

  private items(items: readonly unknown[], depth: number): void {
    for (const item of items) {
      this.reserve(ATTRIBUTE_FRAME);
      this.byte(FIELD_ONE);
      this.value(item, depth);
    }
  }

  private members(value: object, depth: number): void {
    for (const key of Object.keys(value)) {
      this.attribute(key, Reflect.get(value, key), FIELD_ONE, depth);
    }
  }

  /** Returns the field of a key, which is memoized: spans have few different keys. */
  private keyField(key: string): Uint8Array {
    const known = keyFields.get(key);
    if (known !== undefined) return known;
    const field = new ProtoWriter(3 * key.length + 8);
    field.byte(FIELD_ONE);
    field.string(key);
    if (!field.isPlain) this.isPlain = false;
    else if (keyFields.size < MAX_KEYS && key.length <= MAX_KEY) keyFields.set(key, field.written);
    return field.written;
  }
}

const keyFields = new Map<string, Uint8Array>();
/** Keys beyond these are not memoized. */
const MAX_KEYS = 1000;
const MAX_KEY = 100;

function flagsOf(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote === true ? IS_REMOTE : 0);
}
