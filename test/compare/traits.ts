import type { AttributeValue, Span, SpanEvent } from '@shop/otlp';
import { kindOf } from './span-kind.ts';
import { steady } from './steady.ts';

/** Where the spans are that the app makes by itself, with OpenTelemetry's API. */
const APP_SCOPE = 'app';

/** What can be told of a span, by its name: the attributes by their keys. */
export type Traits = ReadonlyMap<string, string>;

/** That a span is there at all. */
export const theSpan = 'the span';

/** The traits of a span that are no attributes. */
export const ownTraits = [theSpan, 'name', 'scope', 'parent', 'status', 'status message', 'events'];

export function traitsOf(span: Span, trace: readonly Span[]): Traits {
  const { status, events, attributes } = span;
  return new Map([
    ['name', span.name],
    ['scope', span.scope],
    ['parent', parentOf(span, trace)],
    ['status', status.code === 'UNSET' ? 'unset' : status.code],
    ...optional('status message', status.message),
    ...optional('events', events.map(eventText).join(', ')),
    ...Object.entries(attributes).map(([key, value]) => [key, textOf(key, value)] as const),
  ]);
}

function eventText({ name, attributes }: SpanEvent): string {
  const { 'exception.type': type, 'exception.message': message } = attributes;
  return type === undefined ? name : `${name} (${String(type)}: ${String(message)})`;
}

function optional(trait: string, text: string): [string, string][] {
  return text === '' ? [] : [[trait, steady(text)]];
}

function textOf(key: string, value: AttributeValue): string {
  if (key.endsWith('.port') && Number(value) > 1023) return '<port>';
  return steady(typeof value === 'string' ? value : JSON.stringify(value));
}

/** The next span above that both stacks make, or the app. */
function parentOf({ parentSpanId }: Span, trace: readonly Span[]): string {
  const parent = trace.find(({ spanId }) => spanId === parentSpanId);
  if (parent === undefined) return 'the caller';
  const own = parent.scope === APP_SCOPE ? parent.name : kindOf(parent);
  return own ?? parentOf(parent, trace);
}
