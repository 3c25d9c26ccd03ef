import { Inject, Injectable } from '@nestjs/common';
import type { ForcedRequestCounts } from '../../app/forced-requests.js';
import { classesOfOtherBuild } from '../decorators/decorator-providers.js';
import type { NestTracingApp } from '../nest-tracing-app.js';
import { TRACING_APP } from '../tokens.js';
import type { EnableOptions, TracingStatus } from './sampling-control.js';

/**
 * Turns the recording of new traces on and off while the app runs. A change takes effect from the next
 * trace: traces under way end as they began, and traces that the caller has sampled are always recorded.
 * Each change is logged. It can be injected anywhere in the app.
 *
 * @example
 * ```ts
 * constructor(private readonly control: TracingControl) {}
 *
 * investigate(): void {
 *   this.control.enable({ for: '10m' });
 * }
 * ```
 */
@Injectable()
export class TracingControl {
  constructor(@Inject(TRACING_APP) private readonly app: NestTracingApp) {}

  /** Returns whether new traces are recorded now, which ratio of them, and until when. */
  status(): TracingStatus {
    return this.app.control.status();
  }

  /**
   * Records new traces from now on, whatever the configured sampling. When the time is over, the state from
   * before the first `enable()` returns. A second call replaces the first one, with its time.
   *
   * @example `this.control.enable({ for: '10m', ratio: 0.1 })`
   * @param options everything is recorded until `disable()` by default
   * @throws TracingError TRACING_INVALID_CONTROL if an option is invalid, and TRACING_NOTHING_TO_CONTROL if
   *   the backend is `'none'` or the tracer provider an external one.
   */
  enable(options?: EnableOptions): void {
    this.app.control.enable(options, 'TracingControl');
  }

  /**
   * Stops recording new traces. The mode is `'dormant'` then if the app was configured so, else `'off'`.
   * Does nothing if new traces are never recorded.
   */
  disable(): void {
    this.app.control.disable('TracingControl');
  }

  /** Returns how many requests had the header `x-trace-debug`. All are 0 without `TRACING_DEBUG_SECRET`. */
  forcedRequests(): ForcedRequestCounts {
    return this.app.forcedRequests?.counts ?? { accepted: 0, expired: 0, invalid: 0 };
  }
}

export const otherTracingControls = classesOfOtherBuild('TracingControl', TracingControl);
