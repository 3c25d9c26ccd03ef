/**
 * The wall clock in milliseconds since 1970, finer than `Date.now()`: viewers order the spans of a
 * trace by their starts, and a millisecond has room for a whole branch of them.
 *
 * It runs with the monotonic clock and never differs from the wall clock by a millisecond: where
 * that is set or slewed, it follows.
 */
export function preciseNow(): number {
  const monotonic = performance.now();
  const wall = Date.now();
  // `Date.now()` is cut to milliseconds, so the time lies less than one after it.
  const ahead = offset + monotonic - wall;
  if (ahead < 0) offset -= ahead;
  else if (ahead >= 1) offset -= ahead - JUST_BELOW_ONE;
  return offset + monotonic;
}

const JUST_BELOW_ONE = 0.999;
let offset = 0;
