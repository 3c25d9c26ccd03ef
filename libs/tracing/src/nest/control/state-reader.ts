import { InvalidValue } from '../../options/settings-errors.js';
import type { ControlSettings } from '../../options/settings.js';
import type { TracingState } from '../../options/tracing-options.js';
import { redactUserInfo } from '../../redaction/redact-user-info.js';
import { describeError } from '../../span/errors/describe-error.js';
import { enabledRatio, type SamplingControl } from './sampling-control.js';

const NAME = '`control.read`';

/** The limits of the time that a read may take, which is otherwise the time between two reads. */
const SHORTEST_LIMIT = 1000;
const LONGEST_LIMIT = 10_000;

/** What the reader needs of the app. */
interface ReadingApp {
  readonly control: SamplingControl;
  log(message: string): void;
  warn(message: string): void;
}

/** A state that was read and checked. */
interface CheckedState {
  readonly mode: TracingState['mode'];
  readonly ratio: number;
  /** Milliseconds since the epoch. */
  readonly until: number | undefined;
}

/**
 * Reads the state of a fleet's switch now and then, and applies it when it has changed: in between, the app
 * may be controlled by other means. If a read fails, that is logged once, and the last state holds.
 */
export class StateReader {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private isFailing = false;
  private last: CheckedState | undefined;

  constructor(
    private readonly settings: ControlSettings,
    private readonly app: ReadingApp,
  ) {
    void this.poll();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private async poll(): Promise<void> {
    try {
      const state = checkState(await this.read());
      if (this.isStopped) return;
      if (state instanceof InvalidValue) throw new Error(state.message);
      if (this.isFailing) this.app.log(`${NAME} works again.`);
      this.isFailing = false;
      this.apply(state);
    } catch (error) {
      if (this.isStopped) return;
      if (!this.isFailing) this.report(error);
      this.isFailing = true;
    }
    this.timer = setTimeout(() => void this.poll(), this.settings.every);
    this.timer.unref();
  }

  private report(error: unknown): void {
    const { message } = describeError(error);
    this.app.warn(
      `${NAME} has failed: ${redactUserInfo(message)} The last state holds. The state is read again ` +
        `every ${this.settings.every} ms; this is logged once until it works again.`,
    );
  }

  /** Rejects if there is no answer in time. A late answer has no effect. */
  private async read(): Promise<unknown> {
    const { read, every } = this.settings;
    const limit = Math.min(Math.max(every, SHORTEST_LIMIT), LONGEST_LIMIT);
    const late = new Promise<never>((_, reject) => {
      this.timer = setTimeout(() => reject(new Error(`no answer within ${limit} ms.`)), limit);
      this.timer.unref();
    });
    try {
      return await Promise.race([read(), late]);
    } finally {
      clearTimeout(this.timer);
    }
  }

  private apply(state: CheckedState): void {
    const { last } = this;
    this.last = state;
    const { mode, ratio, until } = state;
    if (last?.mode === mode && last.ratio === ratio && last.until === until) return;
    const { control } = this.app;
    if (mode !== 'on') control.disable(NAME, mode);
    else if (until === undefined) control.enableFor(ratio, undefined, NAME);
    else if (until > Date.now()) control.enableFor(ratio, until - Date.now(), NAME);
    else control.rest();
  }
}

function checkState(state: unknown): CheckedState | InvalidValue {
  if (typeof state !== 'object' || state === null) {
    return InvalidValue.expected('{ mode, ratio?, until? }', state);
  }
  const { mode, ratio, until } = state as Record<keyof TracingState, unknown>;
  if (mode !== 'on' && mode !== 'dormant' && mode !== 'off') {
    return InvalidValue.expected("`mode` to be 'on', 'dormant' or 'off'", mode);
  }
  // JSON has `null` instead of `undefined`.
  const checkedRatio = mode === 'on' ? enabledRatio(ratio ?? 1) : 0;
  if (checkedRatio instanceof InvalidValue) {
    return new InvalidValue(`\`ratio\`: ${checkedRatio.message}`);
  }
  const end = until === undefined || until === null ? undefined : timeOf(until);
  if (Number.isNaN(end)) {
    return InvalidValue.expected('`until` to be a Date or an ISO 8601 string', until);
  }
  return { mode, ratio: checkedRatio, until: end };
}

/** Returns milliseconds since the epoch, or `NaN`. */
function timeOf(until: unknown): number {
  if (until instanceof Date) return until.getTime();
  return typeof until === 'string' && /^\d{4}-\d\d-\d\d/.test(until)
    ? Date.parse(until)
    : Number.NaN;
}
