/** The longest delay of a timer of Node. */
const LONGEST_DELAY = 2 ** 31 - 1;

/**
 * Calls a function once a time has passed. It uses the monotonic clock, so it is not affected by changes of
 * the wall clock, and it does not keep the process alive.
 */
export class Deadline {
  private readonly end: number;
  private timer: NodeJS.Timeout | undefined;

  /** @param time in milliseconds, of any length */
  constructor(
    time: number,
    private readonly onEnd: () => void,
  ) {
    this.end = performance.now() + time;
    this.wait();
  }

  /** The date of the end by the wall clock of now. */
  get date(): Date {
    return new Date(Date.now() + Math.max(0, Math.round(this.end - performance.now())));
  }

  cancel(): void {
    clearTimeout(this.timer);
  }

  private wait(): void {
    const rest = Math.ceil(this.end - performance.now());
    if (rest <= 0) return this.onEnd();
    this.timer = setTimeout(() => this.wait(), Math.min(rest, LONGEST_DELAY));
    this.timer.unref();
  }
}
