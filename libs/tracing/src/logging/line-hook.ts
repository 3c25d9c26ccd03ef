import { trace, context, type Span } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { patch, patchProperty, Undos, type Undo } from '../app/patch.js';
import { appOfSpan, runningApps } from '../app/running-apps.js';
import { sharedSymbol } from '../span/process-state.js';
import { requestScope } from '../span/scope.js';
import type { TracingApp } from '../span/tracing-app.js';
import { pinoSymbol } from './pino.js';
import type { ReadIds } from './span-ids.js';

type Write = (this: Logger, fields: unknown, message: unknown, level: number) => void;
type StreamWrite = (text: string) => string;

/** How the lines of a logger are processed. */
interface LineHook {
  readonly apps: LinesOfApps;
  /** Whether a stream hook of the app may have changed the lines. */
  readonly isAfterApp: boolean;
}

interface HookedLogger {
  readonly hook: LineHook;
  readonly unhook: Undo;
}

const key: unique symbol = sharedSymbol('line hook') as never;

/** pino registers this symbol, so it is the same in every copy of pino. */
const hooksSymbol = Symbol.for('pino.hooks');

/**
 * Hooks into a pino logger and all its children, until `unhook` is called. Apps that share the logger share
 * the hook. Undefined for a logger that is not pino's.
 *
 * Three members of the logger are replaced; its children inherit them. Every log method of an enabled
 * level calls `write` with the logged values and the level. `end` is the end of every line: adding the
 * IDs there costs almost nothing, while a finished line would have to be parsed. The hook `streamWrite`
 * receives the line as it is written; a hook of the app runs first, so what that removes stays removed.
 * `write` and `end` are found by the descriptions of their symbols: every copy of pino has its own.
 */
export function hookLines(logger: Logger): HookedLogger | undefined {
  const writeSymbol = pinoSymbol(logger, 'pino.write');
  const endSymbol = pinoSymbol(logger, 'pino.end');
  if (writeSymbol === undefined || endSymbol === undefined) return undefined;
  const pino = logger as unknown as Record<symbol, unknown>;
  const { streamWrite: original } = pino[hooksSymbol] as { streamWrite?: StreamWrite };
  const apps = new LinesOfApps();
  let underWay: LineUnderWay | undefined;

  const hooked = (write: Write): Write =>
    function (fields, message, level) {
      const outer = underWay;
      const request = isObject(fields) ? apps.ofRequest(fields) : undefined;
      if (request?.requests?.isLeftOut(fields as object) === true) return;
      const line = lineUnderWay(apps, request, { logger: this, fields, level });
      // A serializer or a mixin may log while a line is written.
      if (line === undefined && outer === undefined) {
        write.call(this, fields, message, level);
        return;
      }
      underWay = line;
      try {
        write.call(this, fields, message, level);
      } finally {
        underWay = outer;
      }
    };
  const streamWrite: StreamWrite = (text) => {
    const written = original === undefined ? text : original(text);
    return underWay === undefined ? written : underWay.lines.finish(written, underWay);
  };

  const undos = new Undos();
  undos.add(
    patch(pino, writeSymbol, (write) => {
      const hook: LineHook = { apps, isAfterApp: original !== undefined };
      // `write` may be a wrapper of another version of this package, which has a hook of its own.
      return Object.assign(hooked(write as Write), write, { [key]: hook });
    }),
  );
  undos.add(
    patchProperty(pino, endSymbol, (end) => ({
      get: () => (underWay === undefined ? end() : underWay.ids + String(end())),
    })),
  );
  undos.add(patch(pino, hooksSymbol, (hooks) => ({ ...(hooks as object), streamWrite })));
  const { [key]: hook } = pino[writeSymbol] as { [key]?: LineHook };
  return hook && { hook, unhook: () => undos.run() };
}

/** Undefined if no app handles the line, or if there is no trace. */
function lineUnderWay(
  apps: LinesOfApps,
  request: AppLines | undefined,
  written: Pick<LineUnderWay, 'logger' | 'fields' | 'level'>,
): LineUnderWay | undefined {
  const span = request?.requests?.spanOf(written.fields as object) ?? trace.getActiveSpan();
  const lines = request ?? (span && apps.ofSpan(span));
  const ids = span && lines?.idsOf(span.spanContext());
  if (span === undefined || lines === undefined || ids === undefined) return undefined;
  return { ...written, lines, span, ids };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

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
class LinesOfApps {
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
interface LineUnderWay {
  readonly lines: AppLines;
  readonly logger: Logger;
  readonly fields: unknown;
  readonly level: number;
  readonly span: Span;
  /** The text of the IDs at the end of the line. */
  readonly ids: string;
}
