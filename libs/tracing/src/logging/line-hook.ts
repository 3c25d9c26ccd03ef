import { trace } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { patch, patchProperty, Undos, type Undo } from '../app/patch.js';
import { sharedSymbol } from '../span/process-state.js';
import { LinesOfApps, type AppLines } from './app-lines.js';
import { LineUnderWay } from './app-lines.js';
import { pinoSymbol } from './pino.js';

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
