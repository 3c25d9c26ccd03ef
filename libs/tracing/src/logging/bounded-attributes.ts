import type { AttributeValue, Attributes } from '@opentelemetry/api';
import { redactUserInfo } from '../redaction/redact-user-info.js';
import { isInexact } from './parse-line.js';

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
