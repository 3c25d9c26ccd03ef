import { AsyncResource } from 'node:async_hooks';
import { redactUserInfo } from '../../redaction/redact-user-info.js';
import type { ExportFailure } from './export-failure.js';

/** Why spans were dropped. */
export interface DroppedSpans {
  /** More spans ended than could be exported. */
  readonly queueFull: number;
  /** The collector refused the request. */
  readonly exportFailed: number;
  /** The collector took the request, but not these spans. */
  readonly rejected: number;
  /** They had not been exported when the app closed. */
  readonly shutdown: number;
}

/** How the export of spans is doing. The spans that have ended are those exported, queued or dropped. */
export interface TracingHealth {
  /** `failing` from a failed export until the next that succeeds; `off` if this app exports no spans. */
  readonly state: 'ok' | 'failing' | 'off';
  /** Where the spans are sent, without a password. */
  readonly endpoint?: string;
  readonly exported: number;
  /** The spans that wait to be sent, or whose request is under way. */
  readonly queued: number;
  readonly dropped: DroppedSpans;
  /** Why the last failed export has failed. */
  readonly lastError?: string;
  readonly failingSince?: Date;
}

export type ReportLine = (level: 'log' | 'warn', message: string) => void;

/** Milliseconds that losses are summed up before a line reports them. */
const FIRST_REPORT = 1000;
/** Milliseconds between two lines that report the same kind of trouble. */
const NEXT_REPORT = 60_000;

/** Counts what happens to the spans that have ended, and reports losses to the log of the app. */
export class ExportHealth {
  /** Receives the lines for the log. */
  report: ReportLine | undefined;
  private ended = 0;
  private exported = 0;
  /** Why the collector has rejected spans of a request that it accepted. */
  private rejection = '';
  private readonly dropped = { queueFull: 0, exportFailed: 0, rejected: 0, shutdown: 0 };
  private failure: ExportFailure | undefined;
  private failingSince: Date | undefined;
  private droppedBefore = 0;
  /** Whether the log says that the export fails. A collector that fails now and then must not fill the log. */
  private isFailureTold = false;
  private lastFailureTold = -Infinity;
  private droppedUntilReport = 0;
  private reportTimer: NodeJS.Timeout | undefined;
  private lastReport = -Infinity;
  private readonly background = new AsyncResource('nestjs-tracing.export-health');

  /**
   * @param endpoint without secrets
   * @param limits describes how much the queue holds
   */
  constructor(
    private readonly endpoint: string,
    private readonly limits: string,
  ) {}

  /** Whether spans have arrived, and the last request did not fail. */
  get isProven(): boolean {
    return this.exported > 0 && this.failingSince === undefined;
  }

  /** The number of spans that have ended and are neither exported nor dropped. */
  get queued(): number {
    return this.ended - this.exported - this.lost;
  }

  /** The number of spans that were dropped. */
  get lost(): number {
    const { queueFull, exportFailed, rejected, shutdown } = this.dropped;
    return queueFull + exportFailed + rejected + shutdown;
  }

  read(): TracingHealth {
    const { endpoint, exported, queued, failure, failingSince } = this;
    return {
      state: failingSince === undefined ? 'ok' : 'failing',
      endpoint,
      exported,
      queued,
      dropped: { ...this.dropped },
      ...(failure !== undefined && { lastError: failure.explain(endpoint) }),
      ...(failingSince !== undefined && { failingSince: new Date(failingSince) }),
    };
  }

  hasEnded(): void {
    this.ended++;
  }

  hasExported(count: number): void {
    this.exported += count;
    const { failingSince, isFailureTold } = this;
    this.failingSince = undefined;
    this.isFailureTold = false;
    if (failingSince === undefined || !isFailureTold) return;
    const seconds = Math.max(1, Math.round((Date.now() - failingSince.getTime()) / 1000));
    const lost = this.lost - this.droppedBefore;
    this.report?.(
      lost === 0 ? 'log' : 'warn',
      `Spans are exported to ${this.endpoint} again, after ${seconds} s. ` +
        (lost === 0 ? 'No spans were lost.' : `${counted(lost, 'span was', 'spans were')} lost.`),
    );
  }

  hasFailed(failure: ExportFailure): void {
    this.failure = failure;
    if (this.failingSince !== undefined) return;
    this.failingSince = new Date();
    if (performance.now() - this.lastFailureTold < NEXT_REPORT) return;
    this.isFailureTold = true;
    this.lastFailureTold = performance.now();
    this.droppedBefore = this.lost;
    const kept = failure.isRetryable
      ? `They are kept and sent again, as long as the queue has room (${this.limits}).`
      : 'These spans are lost.';
    this.report?.(
      'warn',
      `Spans cannot be exported to ${this.endpoint}. ${failure.explain(this.endpoint)}. ${kept}`,
    );
  }

  /** @param rejection the message of a collector that has rejected spans */
  hasDropped(reason: keyof DroppedSpans, count: number, rejection = ''): void {
    this.dropped[reason] += count;
    if (rejection !== '') this.rejection = redactUserInfo(rejection);
    if (this.isFailureTold || reason === 'shutdown') return; // another line will say so
    this.droppedUntilReport += count;
    if (this.reportTimer !== undefined) return;
    const delay = Math.max(FIRST_REPORT, this.lastReport + NEXT_REPORT - performance.now());
    this.reportTimer = this.background.runInAsyncScope(() =>
      setTimeout(() => this.reportDropped(), delay).unref(),
    );
  }

  /** Drops what has not been exported. */
  end(): void {
    clearTimeout(this.reportTimer);
    if (this.queued > 0) this.hasDropped('shutdown', this.queued);
  }

  /** Returns how many spans were lost since the start, and why; undefined if none were. */
  describeLoss(): string | undefined {
    if (this.lost === 0) return undefined;
    const { queueFull, exportFailed, rejected, shutdown } = this.dropped;
    const reasons = [
      [queueFull, 'the queue was full'],
      [exportFailed, 'their export failed'],
      [rejected, 'the collector rejected them'],
      [shutdown, 'they had not been exported when the app closed'],
    ] as const;
    const listed = reasons
      .filter(([count]) => count > 0)
      .map(([count, reason]) => `${count} because ${reason}`);
    const cause = this.failure === undefined ? '' : ` ${this.failure.explain(this.endpoint)}.`;
    return (
      `Not all spans could be exported to ${this.endpoint}: ${this.lost} of ${this.ended} were lost, ` +
      `${listed.join(', ')}.${cause}`
    );
  }

  private reportDropped(): void {
    this.reportTimer = undefined;
    this.lastReport = performance.now();
    const { queueFull, exportFailed, rejected } = this.dropped;
    const reasons = [
      queueFull > 0 &&
        `${queueFull} because the queue was full (${this.limits}): spans end faster than ` +
          `${this.endpoint} takes them; sample fewer traces, or raise TRACING_MAX_QUEUE_BYTES`,
      exportFailed > 0 && `${exportFailed} because their export failed`,
      rejected > 0 && `${rejected} because ${this.endpoint} rejected them (${this.rejection})`,
    ].filter((reason) => reason !== false);
    this.report?.(
      'warn',
      `${counted(this.droppedUntilReport, 'span was', 'spans were')} dropped. In all, ${reasons.join('; ')}.`,
    );
    this.droppedUntilReport = 0;
  }
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
