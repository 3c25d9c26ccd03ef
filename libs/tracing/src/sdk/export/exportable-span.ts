import {
  type Attributes,
  isSpanContextValid,
  SpanKind,
  SpanStatusCode,
  type Link,
  type SpanContext,
} from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { changedSpan } from '../../backends/changed-span.js';
import { MAX_DEPTH } from '../../record/span-writer.js';
import { redactCutUserInfo, redactUserInfo } from '../../redaction/redact-user-info.js';

/**
 * The attributes as every backend can take them; the same object, where all of them can be taken.
 *
 * `NaN` and `Infinity` become text: JSON, in which X-Ray is told of a segment and Jaeger shows a trace, has
 * no such numbers, and the whole segment or trace would be lost. The user info of URLs is redacted.
 *
 * @param limit the number of characters at which the SDK has cut texts
 */
export function exportableAttributes(attributes: Attributes, limit = Infinity): Attributes {
  return changedValues(attributes, limit, 0) as Attributes;
}

/** A text without the user info of URLs; anything else as text. */
function exportableText(value: unknown): string {
  return typeof value === 'string' ? redactUserInfo(value) : redactUserInfo(textOf(value));
}

function exportable(value: unknown, limit: number, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return value.length === limit ? redactCutUserInfo(value) : redactUserInfo(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'object':
      if (value === null || value instanceof Uint8Array) return value;
      if (depth > MAX_DEPTH) return redactUserInfo(jsonOf(value));
      return Array.isArray(value)
        ? changedList(value, limit, depth)
        : changedValues(value, limit, depth);
    default:
      return value;
  }
}

/** Most values stay: a copy is made of what holds one that does not. */
function changedValues(fields: object, limit: number, depth: number): object {
  let changed: [string, unknown][] | undefined;
  const keys = Object.keys(fields);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!;
    const value: unknown = Reflect.get(fields, key);
    const name = redactUserInfo(key);
    const taken = exportable(value, limit, depth + 1);
    if (changed === undefined && taken === value && name === key) continue;
    changed ??= keys.slice(0, at).map((before) => [before, Reflect.get(fields, before) as unknown]);
    changed.push([name, taken]);
  }
  return changed === undefined ? fields : Object.fromEntries(changed);
}

function changedList(list: readonly unknown[], limit: number, depth: number): readonly unknown[] {
  const taken = list.map((one) => exportable(one, limit, depth + 1));
  return taken.every((one, at) => one === list[at]) ? list : taken;
}

function jsonOf(value: object): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '...'; // nested too deep for that, too
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return '';
  }
}

/** Characters of the name of a scope: it goes with every request. */
const LONGEST_SCOPE = 1000;

/**
 * A span as every receiver can take it, with the secrets of URLs redacted; the very same span, where
 * nothing has to be changed. One value that a receiver refuses would take the whole batch along.
 *
 * @param limit the number of characters at which the SDK has cut the values of attributes
 */
export function exportableSpan(span: ReadableSpan, limit = Infinity): ReadableSpan {
  const name = exportableText(span.name);
  const kind = isOneOf(SpanKind, span.kind) ? span.kind : SpanKind.INTERNAL;
  const attributes = exportableAttributes(span.attributes, limit);
  const events = mapChanged(span.events, (event) => exportableEvent(event, limit));
  const links = mapChanged(span.links, (link) => exportableLink(link, limit));
  const status = exportableStatus(span.status);
  const isSame =
    name === span.name &&
    kind === span.kind &&
    attributes === span.attributes &&
    events === span.events &&
    links === span.links &&
    status === span.status;
  if (isSame) return span;
  return changedSpan(span, {
    name,
    kind,
    attributes,
    events,
    links,
    droppedLinksCount: span.droppedLinksCount + span.links.length - links.length,
    status,
  });
}

function exportableEvent(event: TimedEvent, limit: number): TimedEvent {
  const name = exportableText(event.name);
  const attributes = event.attributes && exportableAttributes(event.attributes, limit);
  if (name === event.name && attributes === event.attributes) return event;
  return { ...event, name, ...(attributes && { attributes }) };
}

/** Undefined for a link to no span: a receiver refuses the whole request for ids of the wrong length. */
function exportableLink<L extends Link>(link: L, limit: number): L | undefined {
  try {
    const { context } = link;
    if (!isSpanContextValid(context)) return undefined;
    const attributes = link.attributes && exportableAttributes(link.attributes, limit);
    const hasState = isTraceState(context.traceState);
    if (attributes === link.attributes && hasState) return link;
    return {
      ...link,
      ...(!hasState && { context: withoutState(context) }),
      ...(attributes && { attributes }),
    };
  } catch {
    return undefined; // nothing that a context could be
  }
}

function isTraceState(state: SpanContext['traceState']): boolean {
  try {
    return state === undefined || typeof state.serialize() === 'string';
  } catch {
    return false;
  }
}

function withoutState({ traceId, spanId, traceFlags, isRemote }: SpanContext): SpanContext {
  return { traceId, spanId, traceFlags, ...(isRemote !== undefined && { isRemote }) };
}

function exportableStatus(status: ReadableSpan['status']): ReadableSpan['status'] {
  const code = isOneOf(SpanStatusCode, status.code) ? status.code : SpanStatusCode.UNSET;
  if (status.message === undefined) return code === status.code ? status : { code };
  const message = exportableText(status.message);
  return message === status.message && code === status.code ? status : { code, message };
}

/** Returns an instrumentation scope with a name that can be exported, or the same scope if its name can be. */
export function exportableScope(scope: InstrumentationScope): InstrumentationScope {
  const name = exportableText(scope.name ?? '').slice(0, LONGEST_SCOPE);
  return name === scope.name ? scope : { ...scope, name };
}

/** Whether a number is one of an enumeration, which holds its names by their numbers. */
function isOneOf(values: object, value: unknown): boolean {
  return typeof value === 'number' && value in values;
}

/** The very same list, where every one of it stays. Those that are undefined are left out. */
function mapChanged<T>(list: T[], change: (one: T) => T | undefined): T[] {
  const changed = list.map(change);
  if (changed.every((one, at) => one === list[at])) return list;
  return changed.filter((one) => one !== undefined) as T[];
}
