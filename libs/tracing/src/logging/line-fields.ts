import type { AttributeValue, Attributes } from '@opentelemetry/api';
import { redactUserInfo } from '../redaction/redact-user-info.js';

/** A top-level field of a JSON object, as text. */
export interface JsonField {
  readonly name: string;
  readonly value: string;
}

/** Returns the top-level fields of a JSON object, in their order. */
export function jsonFields(object: string): JsonField[] {
  const fields: JsonField[] = [];
  let depth = 0;
  let name = '';
  let start = -1;
  for (let at = 0; at < object.length; at++) {
    const char = object[at];
    if (char === '"') {
      const end = endOfString(object, at);
      if (depth === 1 && start === -1) name = object.slice(at + 1, end);
      at = end;
    } else if (depth === 1 && start === -1 && char === ':') {
      start = at + 1;
    } else if (depth === 1 && start !== -1 && (char === ',' || char === '}')) {
      fields.push({ name, value: object.slice(start, at).trim() });
      start = -1;
      if (char === '}') break;
    } else if (char === '{' || char === '[') {
      depth++;
    } else if (char === '}' || char === ']') {
      depth--;
    }
  }
  return fields;
}

/** Returns the end of the string that begins at `start`: the next quote that is not escaped. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

const MAX_DEPTH = 6;

/** More digits than a number can hold exactly. */
const manyDigits = /\d{16}/;

/**
 * Flattens a JSON value into attributes, with nested keys joined by dots. An array of primitives of one
 * type stays an array. Other arrays, and values nested deeper than six keys, become JSON strings. `null`
 * is left out.
 */
export function flatten(value: unknown, key: string, into: BoundedAttributes, depth = 1): void {
  if (value === null || value === undefined) return;
  const number = textOfNumber(value);
  if (number !== undefined) return into.set(key, number);
  if (typeof value === 'object' && !Array.isArray(value) && depth < MAX_DEPTH) {
    for (const name in value) {
      if (into.isFull) return into.leaveOut(key);
      flatten(Reflect.get(value, name), `${key}.${name}`, into, depth + 1);
    }
    return;
  }
  into.set(key, attributeValue(value, into));
}

function attributeValue(value: unknown, into: BoundedAttributes): AttributeValue {
  if (typeof value !== 'object') return value as AttributeValue;
  if (Array.isArray(value) && isUniform(value)) return value as AttributeValue;
  const json = JSON.stringify(value);
  if (manyDigits.test(json)) into.isInexact = true;
  return json;
}

function isUniform(values: readonly unknown[]): boolean {
  const kind = typeof values[0];
  return kind !== 'object' && values.every((value) => typeof value === kind);
}

type Fields = Record<string, unknown>;

/**
 * Parses the fields of a line. Returns undefined if it is not a JSON object: a stream hook of the app may
 * write anything.
 *
 * @param isExact whether to keep the text of numbers that JavaScript cannot hold, which takes longer
 */
export function parseLine(text: string, isExact: boolean): Fields | undefined {
  try {
    const fields: unknown = isExact ? JSON.parse(text, keepNumber as never) : JSON.parse(text);
    return typeof fields === 'object' && fields !== null ? (fields as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a number may differ from its text. */
function isInexact(value: number): boolean {
  return Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value);
}

/** Numbers that keep their text: in ECMAScript since 2025, but not yet in the types. */
interface RawJson {
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}
const { rawJSON, isRawJSON } = JSON as unknown as RawJson;

function keepNumber(_key: string, value: unknown, { source = '' }: { source?: string }): unknown {
  return typeof value === 'number' && isInexact(value) ? rawJSON(source) : value;
}

/** Returns the text of a number that was kept as text; undefined for anything else. */
function textOfNumber(value: unknown): string | undefined {
  return isRawJSON(value) ? value.rawJSON : undefined;
}

/** The maximum number of attributes of an event, and of elements of an array. */
const MAX_COUNT = 100;
/** The maximum size of one value, and of all keys and values of an event, in characters. */
const MAX_VALUE = 8 * 1024;
const MAX_TOTAL = 32 * 1024;
/** The maximum length of a key, in characters. */
const MAX_KEY = 256;
/** The maximum number of keys listed as truncated. */
const MAX_NAMED = 20;

/** The attribute that lists the keys that were cut or left out. */
const TRUNCATED = '...truncated';

/**
 * The attributes of an event, bounded in count and size. The first ones are kept; keys that do not fit
 * are listed as truncated.
 */
export class BoundedAttributes {
  private readonly attributes: Attributes = {};
  private readonly truncated = new Set<string>();
  /** Whether a number may differ from that in the line. */
  isInexact = false;
  private count = 0;
  private size = 0;

  /** Whether no further attribute is accepted. */
  get isFull(): boolean {
    return this.count >= MAX_COUNT || this.size >= MAX_TOTAL;
  }

  set(key: string, value: AttributeValue): void {
    const isTaken = Object.hasOwn(this.attributes, key);
    if (isTaken || this.isFull || key.length > MAX_KEY) return this.leaveOut(key);
    this.count++;
    this.size += key.length;
    this.attributes[key] = this.fitting(key, value);
  }

  /** Lists a key as truncated: it is left out, or its value is cut. */
  leaveOut(key: string): void {
    if (this.truncated.size < MAX_NAMED) this.truncated.add(key.slice(0, MAX_KEY));
  }

  all(): Attributes {
    return this.truncated.size === 0
      ? this.attributes
      : { ...this.attributes, [TRUNCATED]: [...this.truncated] };
  }

  private fitting(key: string, value: AttributeValue): AttributeValue {
    if (typeof value === 'string') return this.cut(key, value);
    if (typeof value === 'number' && isInexact(value)) this.isInexact = true;
    if (!Array.isArray(value)) return value;
    const elements: unknown[] = [];
    for (const element of value) {
      if (elements.length >= MAX_COUNT || this.size >= MAX_TOTAL) {
        this.leaveOut(key);
        break;
      }
      elements.push(this.fitting(key, element as AttributeValue));
    }
    return elements as AttributeValue;
  }

  /**
   * Cuts a text to what fits; if it is cut, lists the key as truncated. The user info of URLs is redacted
   * before, because a part of a password would not be recognized.
   */
  cut(key: string, given: string): string {
    const text = redactUserInfo(given);
    const room = Math.min(MAX_VALUE, Math.max(MAX_TOTAL - this.size, 0));
    const fitting = text.length <= room ? text : text.slice(0, endOfWhole(text, room));
    if (fitting.length < text.length) this.leaveOut(key);
    this.size += fitting.length;
    return fitting;
  }
}

/** Moves an end so that it does not split a surrogate pair. */
function endOfWhole(text: string, end: number): number {
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}
