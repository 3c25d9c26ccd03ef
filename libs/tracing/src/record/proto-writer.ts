/** Texts and bytes up to this length are copied by a loop: calling into native code takes longer. */
export const MAX_LOOP_COPY = 48;
/** The maximum number of bytes that a UTF-16 code unit takes in UTF-8. */
const MAX_BYTES_OF_UNIT = 3;
/** Bytes for a length that is not known before the content is written. Up to 256 MiB. */
const LENGTH_BYTES = 4;
const TWO_TO_32 = 2 ** 32;
const AT = 0x40;

/**
 * Writes protobuf messages into one growing buffer, in a single pass: the length of a nested message is
 * written after its content, in a fixed number of bytes, which is valid protobuf.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtoWriter {
  bytes: Buffer;
  position = 0;
  /** False once a text was written that may be a URL with user info. */
  isPlain = true;

  constructor(size = 64 * 1024) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  /** Returns a view of what was written. It is valid until more is written. */
  get written(): Buffer {
    return this.bytes.subarray(0, this.position);
  }

  /** Makes room for more bytes. Everything else but `text` and `copy` expects that there is room. */
  reserve(size: number): void {
    const needed = this.position + size;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.position);
    this.bytes = larger;
  }

  byte(value: number): void {
    this.bytes[this.position++] = value;
  }

  /** Writes an integer of at most 32 bits without a sign. */
  varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.bytes[this.position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.position++] = rest;
  }

  /** Writes an integer of at most 64 bits as `int64`, as exactly as a number can hold it. */
  int64(value: number): void {
    if (value >= 0 && value < TWO_TO_32) return this.varint(value);
    let low = (value % TWO_TO_32) >>> 0;
    let high = Math.floor(value / TWO_TO_32) >>> 0;
    while (high > 0 || low > 0x7f) {
      this.bytes[this.position++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.bytes[this.position++] = low;
  }

  fixed32(value: number): void {
    this.position = this.bytes.writeUInt32LE(value >>> 0, this.position);
  }

  double(value: number): void {
    this.position = this.bytes.writeDoubleLE(value, this.position);
  }

  /** Writes seconds and nanoseconds as nanoseconds in `fixed64`. */
  nanoseconds(seconds: number, nanoseconds: number): void {
    // The product has more digits than a number: it is made of two parts.
    const lower = (seconds % 0x10000) * 1e9 + nanoseconds;
    const upper = Math.floor(seconds / 0x10000) * 1e9;
    const low = (upper % 0x10000) * 0x10000 + (lower % TWO_TO_32);
    this.fixed32(low % TWO_TO_32);
    this.fixed32(
      Math.floor(upper / 0x10000) + Math.floor(lower / TWO_TO_32) + Math.floor(low / TWO_TO_32),
    );
  }

  /** Writes hexadecimal digits as `bytes`. */
  hex(digits: string): void {
    const length = digits.length >>> 1;
    this.bytes[this.position++] = length;
    for (let at = 0; at < digits.length; at += 2) {
      this.bytes[this.position++] =
        (valueOfDigit(digits.charCodeAt(at)) << 4) | valueOfDigit(digits.charCodeAt(at + 1));
    }
  }

  /** Copies bytes as they are. */
  copy(bytes: Uint8Array): void {
    const { length } = bytes;
    this.reserve(length);
    const { position } = this;
    if (length > MAX_LOOP_COPY) this.bytes.set(bytes, position);
    else for (let at = 0; at < length; at++) this.bytes[position + at] = bytes[at]!;
    this.position = position + length;
  }

  /** Writes `string`, with its length. */
  string(text: string): void {
    this.reserve(MAX_BYTES_OF_UNIT * text.length + LENGTH_BYTES);
    const start = this.position;
    if (text.length <= MAX_LOOP_COPY && this.ascii(text, start + 1)) {
      this.bytes[start] = text.length;
      return;
    }
    if (text.includes('@') && text.includes('://')) this.isPlain = false;
    const isShort = MAX_BYTES_OF_UNIT * text.length <= 0x7f;
    this.position = start + (isShort ? 1 : LENGTH_BYTES);
    const length = this.bytes.write(text, this.position);
    this.position += length;
    if (isShort) this.bytes[start] = length;
    else this.lengthAt(start, length);
  }

  /** Writes the characters if all of them are ASCII, and returns whether they are. */
  private ascii(text: string, start: number): boolean {
    const { bytes } = this;
    let hasAt = false;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit > 0x7f) return false;
      if (unit === AT) hasAt = true;
      bytes[start + at] = unit;
    }
    if (hasAt && text.includes('://')) this.isPlain = false;
    this.position = start + text.length;
    return true;
  }

  /** Begins a nested message, and returns what `end` needs. */
  begin(): number {
    const start = this.position;
    this.position += LENGTH_BYTES;
    return start;
  }

  end(start: number): void {
    this.lengthAt(start, this.position - start - LENGTH_BYTES);
  }

  private lengthAt(start: number, length: number): void {
    const { bytes } = this;
    bytes[start] = (length & 0x7f) | 0x80;
    bytes[start + 1] = ((length >>> 7) & 0x7f) | 0x80;
    bytes[start + 2] = ((length >>> 14) & 0x7f) | 0x80;
    bytes[start + 3] = length >>> 21;
  }
}

function valueOfDigit(code: number): number {
  return code < 58 ? code - 48 : (code | 0x20) - 87;
}
