import { context, type Span } from '@opentelemetry/api';
import { appOfSpan } from '../app/current-app.js';
import { requestScope } from '../span/request-scope.js';
import type { TracingApp } from '../span/tracing-app.js';
import type { LineUnderWay } from './line-hook.js';
import type { ReadIds } from './span-ids.js';

/** How an app treats its lines. */
export interface AppLines {
  readonly requests?: RequestLines | undefined;
  readonly idsOf: ReadIds;
  /** Gets a line as it is written, and makes of it what is written instead. */
  finish(text: string, line: LineUnderWay): string;
}

/** Lines that tell of a request once it is answered. */
export interface RequestLines {
  /** The field that such a line has, and no other one. */
  readonly key: string;
  /** Whether a line is not to be written. */
  isLeftOut(fields: object): boolean;
  /** The app that has answered the request, where it is known. */
  appOf(fields: object): TracingApp | undefined;
  /** The span of the request; undefined where it has none. */
  spanOf(fields: object): Span | undefined;
  /** Whether the error of a line is none that was thrown: it was made up to tell the status. */
  isMadeUp(fields: object): boolean;
}

/**
 * The apps that share one logger: nestjs-pino has one root logger per process. A line belongs to the app of
 * its request or span, else to the oldest app.
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
    if (known === undefined || this.all.length === 1) return known;
    return this.of(known.requests?.appOf(fields)) ?? known;
  }

  ofSpan(span: Span): AppLines | undefined {
    if (this.all.length < 2) return this.all[0];
    const app = appOfSpan(span) ?? requestScope(context.active())?.app;
    return this.of(app) ?? this.all[0];
  }

  private of(app: TracingApp | undefined): AppLines | undefined {
    const lines = app && this.byApp.get(app);
    return lines !== undefined && this.all.includes(lines) ? lines : undefined;
  }
}
