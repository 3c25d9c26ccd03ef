import type { AttributeValue, Attributes } from '@opentelemetry/api';
import { redactUserInfo } from '../redaction/redact-user-info.js';

/** A field at the top of an object of JSON, as text. */
export interface JsonField {
  readonly name: string;
  readonly value: string;
}

/** The fields at the top of an object of JSON, in their order. */
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

/** Where the string ends that begins at a place: at the next quote that is not escaped. */
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

/** More than a number holds for certain. */
const manyDigits = /\d{16}/;

/**
 * Flattens a value of JSON into attributes, nested keys joined by dots. Arrays of one primitive kind
 * stay arrays, any other becomes JSON, and so does what lies deeper than six keys; `null` is left out.
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
 * The fields of a line. Undefined for what is no object of JSON: a stream hook of the app may write
 * anything.
 *
 * @param isExact whether a number that JavaScript cannot hold is kept by its text, which takes longer
 */
export function parseLine(text: string, isExact: boolean): Fields | undefined {
  try {
    const fields: unknown = isExact ? JSON.parse(text, keepNumber as never) : JSON.parse(text);
    return typeof fields === 'object' && fields !== null ? (fields as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a number may be another one than its text says. */
function isInexact(value: number): boolean {
  return Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value);
}

/** What ECMAScript has since 2025, and the types do not know yet: numbers by their text. */
interface RawJson {
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}
const { rawJSON, isRawJSON } = JSON as unknown as RawJson;

function keepNumber(_key: string, value: unknown, { source = '' }: { source?: string }): unknown {
  return typeof value === 'number' && isInexact(value) ? rawJSON(source) : value;
}

/** The text of a number that was kept; undefined for anything else. */
function textOfNumber(value: unknown): string | undefined {
  return isRawJSON(value) ? value.rawJSON : undefined;
}

/** How many attributes an event has, and how many elements an array. */
const MAX_COUNT = 100;
/** Characters of one value, and of all values of an event. */
const MAX_VALUE = 8 * 1024;
const MAX_TOTAL = 32 * 1024;
/** Characters of a key. */
const MAX_KEY = 256;
/** How many keys are named that were cut or left out. */
const MAX_NAMED = 20;

/** Names the keys of which not everything stands on the event. */
const TRUNCATED = '...truncated';

/**
 * The attributes of an event, bounded in count and size: what comes first stays. What does not fit is
 * named.
 */
export class BoundedAttributes {
  private readonly attributes: Attributes = {};
  private readonly truncated = new Set<string>();
  /** Whether a number may be another one than the line says. */
  isInexact = false;
  private count = 0;
  private size = 0;

  /** Whether nothing more is taken. */
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

  /** Names a key that is left out, or of which something is. */
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
   * As much of a text as fits; the key is named where that is not all. The user info of URLs is redacted
   * before: a part of a password would not be known as one.
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

/** Not between the halves of a character. */
function endOfWhole(text: string, end: number): number {
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}
