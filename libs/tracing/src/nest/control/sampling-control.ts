import { ratio as ratioCheck } from '../../options/checks.js';
import { duration } from '../../options/duration.js';
import { InvalidValue } from '../../options/settings-errors.js';
import type { Settings } from '../../options/settings.js';
import type { ControllableSampler } from '../../sdk/sampler.js';
import { tracingError } from '../tracing.error.js';
import { Deadline } from './deadline.js';

/** Whether new traces are recorded, and how many of them. */
export interface TracingStatus {
  /**
   * `'on'`: new traces are recorded. `'dormant'`: the app was configured not to record new traces.
   * `'off'`: recording was disabled at run time, or the backend is `'none'`.
   */
  readonly mode: 'on' | 'dormant' | 'off';
  /**
   * The ratio of new traces that are recorded: 0 unless the mode is `'on'`; 1 also if a `Sampler` or the
   * rules of X-Ray decide.
   */
  readonly ratio: number;
  /** When recording ends by itself. */
  readonly until?: Date;
}

/** What `enable()` turns on. */
export interface EnableOptions {
  /**
   * How long new traces are recorded: milliseconds, or a text such as `'90s'`, `'10m'` or `'1h'`.
   * @default until `disable()`
   */
  for?: number | string | undefined;
  /**
   * The ratio of new traces that are recorded, above 0 and at most 1.
   * @default 1
   */
  ratio?: number | undefined;
}

interface Enabled {
  readonly ratio: number;
  readonly deadline: Deadline | undefined;
}

/** What the control changes. */
interface Controlled {
  readonly settings: Settings;
  /** Undefined if the app cannot decide which traces are recorded. */
  readonly sampler: ControllableSampler | undefined;
  readonly hasExternalProvider: boolean;
  /** Called when it has been decided whether new traces may be recorded. */
  readonly onChange: (samplesNewTraces: boolean) => void;
  readonly log: (message: string) => void;
}

/**
 * Decides at run time whether an app records new traces. Sampled parents are followed in any
 * state, and traces under way end as they began.
 */
export class SamplingControl {
  /** How new traces are sampled while nothing is enabled; undefined for the configured sampling. */
  private disabled: 'dormant' | 'off' | undefined;
  private enabled: Enabled | undefined;

  constructor(private readonly app: Controlled) {}

  /** Whether there is a sampler to control. */
  get isPossible(): boolean {
    return this.app.sampler !== undefined;
  }

  status(): TracingStatus {
    const { enabled, disabled, configuredRatio } = this;
    if (enabled !== undefined) {
      const { ratio, deadline } = enabled;
      return { mode: 'on', ratio, ...(deadline && { until: deadline.date }) };
    }
    if (this.app.settings.backend === 'none') return { mode: 'off', ratio: 0 };
    if (disabled !== undefined) return { mode: disabled, ratio: 0 };
    return { mode: configuredRatio === 0 ? 'dormant' : 'on', ratio: configuredRatio };
  }

  /**
   * @param by what enables it, for the log
   * @throws TracingError TRACING_INVALID_CONTROL, TRACING_NOTHING_TO_CONTROL
   */
  enable(options: unknown, by: string): void {
    const { ratio = 1, time } = checkEnableOptions(options);
    this.enableFor(ratio, time, by);
  }

  /** @param time in milliseconds; undefined for no end */
  enableFor(ratio: number, time: number | undefined, by: string): void {
    const { sampler } = this.app;
    if (sampler === undefined) {
      throw tracingError('TRACING_NOTHING_TO_CONTROL', this.app.hasExternalProvider);
    }
    this.enabled?.deadline?.cancel();
    const deadline = time === undefined ? undefined : new Deadline(time, () => this.rest());
    this.enabled = { ratio, deadline };
    this.apply(ratio);
    this.app.log(
      `Tracing is on: ${ratio === 1 ? 'every new trace is' : `a ratio of ${ratio} of the new traces is`} ` +
        `recorded ${deadline === undefined ? 'until it is disabled' : `until ${deadline.date.toISOString()}`} ` +
        `(enabled by ${by}).`,
    );
  }

  /** @param mode the mode from now on. @default 'dormant' if the app was configured so, else 'off' */
  disable(by: string, mode: 'dormant' | 'off' = this.configuredRatio === 0 ? 'dormant' : 'off') {
    if (this.app.sampler === undefined) return;
    const { mode: before } = this.status();
    this.enabled?.deadline?.cancel();
    this.enabled = undefined;
    this.disabled = mode;
    this.apply(0);
    if (before !== mode) {
      this.app.log(
        `Tracing is ${mode}: only traces that callers have sampled are recorded (by ${by}).`,
      );
    }
  }

  /** Enables if no new traces are recorded, else disables. */
  toggle(by: string): void {
    if (this.status().mode === 'on') this.disable(by);
    else this.enableFor(this.configuredRatio || 1, undefined, by);
  }

  /** Ends what `enable()` started, as if it had never been called. */
  rest(): void {
    if (this.enabled === undefined) return;
    this.enabled.deadline?.cancel();
    this.enabled = undefined;
    this.apply(this.disabled === undefined ? undefined : 0);
    const { mode, ratio } = this.status();
    this.app.log(
      mode === 'on'
        ? `The time of enable() is over: tracing is on as configured, with sampling ${ratio}.`
        : `The time of enable() is over: tracing is ${mode} again.`,
    );
  }

  /** Cancels the timer. Nothing changes any more. */
  close(): void {
    this.enabled?.deadline?.cancel();
  }

  private get configuredRatio(): number {
    const { sampling } = this.app.settings;
    if (sampling === 'dormant') return 0;
    return typeof sampling === 'number' ? sampling : 1;
  }

  /** @param ratio of the new traces; undefined for the configured sampling */
  private apply(ratio: number | undefined): void {
    this.app.sampler?.sampleNewTraces(ratio);
    this.app.onChange((ratio ?? this.configuredRatio) > 0);
  }
}

/** A ratio of which new traces can be recorded: with 0, there would be nothing to enable. */
export function enabledRatio(value: unknown): number | InvalidValue {
  const checked = ratioCheck(value);
  return checked === 0 || checked instanceof InvalidValue
    ? InvalidValue.expected('a ratio above 0 and at most 1', value)
    : checked;
}

function checkEnableOptions(options: unknown = {}): { ratio?: number; time?: number } {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw tracingError(
      'TRACING_INVALID_CONTROL',
      InvalidValue.expected('{ for?, ratio? }', options).message,
    );
  }
  const { for: given, ratio: givenRatio, ...unknown } = options as Record<string, unknown>;
  const time = given === undefined ? undefined : duration(given);
  const ratio = givenRatio === undefined ? undefined : enabledRatio(givenRatio);
  const faults = [
    ...(time instanceof InvalidValue ? [`for: ${time.message}`] : []),
    ...(ratio instanceof InvalidValue ? [`ratio: ${ratio.message}`] : []),
    ...Object.keys(unknown).map((key) => `${key}: unknown option. The options are for, ratio.`),
  ];
  if (faults.length > 0) throw tracingError('TRACING_INVALID_CONTROL', faults.join(' '));
  return {
    ...(ratio !== undefined && { ratio: ratio as number }),
    ...(time !== undefined && { time: time as number }),
  };
}
