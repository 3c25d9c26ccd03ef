import type { IdGenerator } from '@opentelemetry/sdk-trace';

const digits = Array.from({ length: 0x1_0000 }, (_, value) => value.toString(16).padStart(4, '0'));

/** Returns 16 hex digits, which are not all zero. The specification requires no secure randomness. */
function randomDigits(): string {
  for (;;) {
    const high = Math.random() * 2 ** 32;
    const low = Math.random() * 2 ** 32;
    if (high >= 1 || low >= 1) {
      return (
        digits[high >>> 16]! + digits[high & 0xffff]! + digits[low >>> 16]! + digits[low & 0xffff]!
      );
    }
  }
}

/**
 * Generates random IDs, like the `RandomIdGenerator` of the SDK, but faster.
 * @see https://www.w3.org/TR/trace-context/#trace-id
 */
export const randomIds: IdGenerator = {
  generateTraceId: () => randomDigits() + randomDigits(),
  generateSpanId: randomDigits,
};
