import { writeSync } from 'node:fs';
import { trace } from '@opentelemetry/api';
import type { Undo } from '../app/patch.js';
import { runningApps } from '../app/running-apps.js';
import { recordError } from '../span/errors/record-error.js';
import { processState } from '../span/process-state.js';
import { exportBlocking, type UnsentRequests } from './export/blocking-export.js';

/** An app that exports spans, as the end of the process uses it. */
interface ExportingApp {
  /** How long its export may hold the process, in milliseconds. */
  readonly timeout: number;
  /** The number of spans that have ended and are neither exported nor dropped. */
  readonly queued: number;
  /** Exports what has ended, within the timeout; rejects if that fails. */
  flush(): Promise<void>;
  /** Drops what is left, and cuts off the export, whose connection would hold the process. */
  giveUp(): Promise<void>;
  /** Takes what is left, to be exported by another thread. */
  takeUnsent(): UnsentRequests;
  hasExported(count: number): void;
}

/**
 * Delivers the spans of all apps when the process ends without `app.close()` (rule 22). It listens while
 * an app runs that exports spans:
 *
 * - `beforeExit`: nothing is left to do, so the spans are exported as usual.
 * - `uncaughtExceptionMonitor`: an error is about to end the process. The spans that it leaves open are
 *   ended with the error. This event changes nothing about how Node ends the process.
 * - `exit`: nothing asynchronous can run any more, so the thread waits until another one has exported what
 *   is left, and one line on stderr says how many spans were lost.
 */
class ProcessEnd {
  private readonly apps = new Set<ExportingApp>();
  private readonly flushed = new Set<ExportingApp>();
  /** The number of spans that were given up before `exit`. */
  private lost = 0;

  /** @returns a function that ends the watch; the last one removes all listeners */
  watch(app: ExportingApp): Undo {
    if (this.apps.size === 0) {
      process.on('beforeExit', this.flush);
      process.on('uncaughtExceptionMonitor', this.endWithError);
      process.on('exit', this.deliver);
    }
    this.apps.add(app);
    return () => this.forget(app);
  }

  private forget(app: ExportingApp): void {
    this.flushed.delete(app);
    if (!this.apps.delete(app) || this.apps.size > 0) return;
    this.lost = 0;
    process.off('beforeExit', this.flush);
    process.off('uncaughtExceptionMonitor', this.endWithError);
    process.off('exit', this.deliver);
  }

  /** Node emits `beforeExit` again when the flush is over, so it must end. */
  private readonly flush = (): void => {
    for (const app of this.apps) {
      // The span processors of the app may hold spans that are not counted, so all are flushed once.
      if (app.queued === 0 && this.flushed.has(app)) continue;
      this.flushed.add(app);
      app.flush().catch(() => this.giveUp(app));
    }
  };

  private giveUp(app: ExportingApp): Promise<void> {
    this.lost += app.queued;
    return app.giveUp();
  }

  private readonly endWithError = (error: unknown): void => {
    const isHandled =
      process.listenerCount('uncaughtException') > 0 ||
      process.hasUncaughtExceptionCaptureCallback();
    if (isHandled) return;
    // Whatever is thrown here would replace the message and the exit status of the app's error.
    try {
      const active = trace.getActiveSpan();
      if (active?.isRecording() === true) {
        recordError(active, error, true);
        active.end();
      }
      for (const { openSpans } of runningApps.all) openSpans.failAll(error);
    } catch {
      // A span processor of the app throws.
    }
  };

  private readonly deliver = (): void => {
    const apps = [...this.apps];
    try {
      for (const { openSpans } of runningApps.all) openSpans.endAll();
      const unsent = apps.map((app) => app.takeUnsent());
      const timeout = Math.max(0, ...apps.map((app) => app.timeout));
      for (const [place, count] of exportBlocking(unsent, timeout).entries()) {
        if (count > 0) apps[place]?.hasExported(count);
      }
    } catch {
      // For example, the permission model of Node allows no threads. What is left is lost.
    }
    reportLoss(apps.reduce((sum, { queued }) => sum + queued, this.lost));
  };
}

function reportLoss(lost: number): void {
  if (lost === 0) return;
  const spans = lost === 1 ? '1 span was' : `${lost} spans were`;
  try {
    writeSync(
      2,
      `nestjs-tracing: ${spans} lost, because the process ended before the collector had accepted them.\n`,
    );
  } catch {
    // stderr is closed.
  }
}

/** The end of this process, for both builds of this version. */
export const processEnd: ProcessEnd = processState('process end', () => new ProcessEnd());
