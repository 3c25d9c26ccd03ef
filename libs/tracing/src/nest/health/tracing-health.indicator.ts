import { Inject, Injectable } from '@nestjs/common';
import { TracingService } from '../tracing.service.js';

/** The result of a health indicator of `@nestjs/terminus`. */
export type TracingHealthResult = Record<
  string,
  {
    readonly status: 'up' | 'down';
    readonly exported: number;
    readonly queued: number;
    readonly dropped: number;
    /** Why the export fails. */
    readonly message?: string;
  }
>;

/**
 * A health indicator for `@nestjs/terminus`: down while the export of spans fails. Use it for a dashboard or
 * an alert and not for the readiness of a service, which serves its requests without a collector too.
 *
 * @example
 * ```ts
 * this.health.check([() => this.tracing.isHealthy()])
 * ```
 */
@Injectable()
export class TracingHealthIndicator {
  constructor(@Inject(TracingService) private readonly tracing: TracingService) {}

  /** @param key the key of the result. @default 'tracing' */
  isHealthy(key = 'tracing'): TracingHealthResult {
    const { state, exported, queued, dropped, lastError } = this.tracing.health();
    const isFailing = state === 'failing';
    return {
      [key]: {
        status: isFailing ? 'down' : 'up',
        exported,
        queued,
        dropped: Object.values(dropped).reduce((sum, count) => sum + count, 0),
        ...(isFailing && lastError !== undefined && { message: lastError }),
      },
    };
  }
}
