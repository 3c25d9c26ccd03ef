import type { Attributes } from '@opentelemetry/api';
import { redactCutUserInfo, redactUserInfo } from '../redaction/redact-user-info.js';

/** How deep values are nested in one another; deeper ones are written as text. */
const MOST_DEPTH = 8;

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
export function exportableText(value: unknown): string {
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
      if (depth > MOST_DEPTH) return redactUserInfo(jsonOf(value));
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
