import { context, type Span } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { appOfSpan, runningApps } from '../app/running-apps.js';
import { requestScope } from '../span/request-scope.js';
import type { TracingApp } from '../span/tracing-app.js';
import type { ReadIds } from './span-ids.js';

/** How the log lines of an app are processed. */
export interface AppLines {
  readonly requests?: RequestLines | undefined;
  readonly idsOf: ReadIds;
  /** Receives a line as it would be written, and returns the line to write. */
  finish(text: string, line: LineUnderWay): string;
}

/** The lines that pino-http writes about completed requests. */
export interface RequestLines {
  /** The field that only such a line has. */
  readonly key: string;
  /** Whether a line is not written. */
  isLeftOut(fields: object): boolean;
  /** Returns the app that handled the request; undefined if unknown. */
  appOf(fields: object): TracingApp | undefined;
  /** Returns the span of the request; undefined if it has none. */
  spanOf(fields: object): Span | undefined;
  /** Whether the error of a line was not thrown, but created by pino-http to describe the status. */
  isMadeUp(fields: object): boolean;
}

/**
 * The apps that share one logger: nestjs-pino has one root logger per process. A line belongs to the app of
 * its request or span, else to the oldest app, unless apps of another version of this package run.
 */
export class LinesOfApps {
  private all: readonly AppLines[] = [];
  private readonly byApp = new WeakMap<TracingApp, AppLines>();

  add(lines: AppLines, app: TracingApp | undefined): void {
    this.all = [...this.all, lines];
    if (app !== undefined) this.byApp.set(app, lines);
  }

  delete(lines: AppLines): void {
    this.all = this.all.filter((one) => one !== lines);
  }

  /** Undefined if the line is not one that pino-http writes about a request. */
  ofRequest(fields: object): AppLines | undefined {
    const known = this.all.find(({ requests }) => requests !== undefined && requests.key in fields);
    if (known === undefined || this.only !== undefined) return known;
    return this.of(known.requests?.appOf(fields)) ?? this.orElse(known);
  }

  ofSpan(span: Span): AppLines | undefined {
    const { only } = this;
    if (only !== undefined) return only;
    const app = appOfSpan(span) ?? requestScope(context.active())?.app;
    return this.of(app) ?? this.orElse(this.all[0]);
  }

  private get only(): AppLines | undefined {
    return this.all.length === 1 ? this.orElse(this.all[0]) : undefined;
  }

  private orElse(lines: AppLines | undefined): AppLines | undefined {
    return runningApps.hasOtherVersions ? undefined : lines;
  }

  private of(app: TracingApp | undefined): AppLines | undefined {
    const lines = app && this.byApp.get(app);
    return lines !== undefined && this.all.includes(lines) ? lines : undefined;
  }
}

/** A line that is being written while a span is active. */
export interface LineUnderWay {
  readonly lines: AppLines;
  readonly logger: Logger;
  readonly fields: unknown;
  readonly level: number;
  readonly span: Span;
  /** The text of the IDs at the end of the line. */
  readonly ids: string;
}
