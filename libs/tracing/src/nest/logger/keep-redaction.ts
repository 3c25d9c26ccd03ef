import type { Params } from 'nestjs-pino';
import type { Logger, redactOptions } from 'pino';
import { redactLines } from '../../logging/redact-lines.js';
import type { Undo } from '../../span/app/undos.js';

/** What a root logger redacts. */
interface Redaction {
  /** What it was made with. */
  readonly own: redactOptions;
  /** What further apps have added, the oldest first. */
  further: readonly redactOptions[];
  users: number;
  undo?: Undo | undefined;
}

const redactions = new WeakMap<Logger, Redaction>();

/**
 * nestjs-pino has one root logger in a process, and the first parameters win: a further app would write
 * what it redacts itself. So its paths are redacted beside those of the first, in the way of the first.
 * They stay redacted until no app uses the logger any more, because work of a closed app may still log.
 * Call the returned function when the app has closed.
 */
export function keepRedaction(root: Logger, params: Params): Undo {
  const own = redactionOf(params);
  const redaction = redactions.get(root) ?? { own, further: [], users: 0 };
  redactions.set(root, redaction);
  redaction.users++;
  if (own !== redaction.own) redaction.further = [...redaction.further, own];
  redact(root, redaction);
  return () => {
    if (--redaction.users > 0) return;
    redaction.further = [];
    redact(root, redaction);
  };
}

function redact(root: Logger, redaction: Redaction): void {
  const { own, further } = redaction;
  redaction.undo?.();
  redaction.undo = undefined;
  const all = [own, ...further];
  const paths = new Set(all.flatMap((one) => one.paths));
  const way = all.find((one) => one.paths.length > 0);
  if (way === undefined || paths.size === own.paths.length) return;
  redaction.undo = redactLines(root, { ...way, paths: [...paths] });
}

function redactionOf({ pinoHttp }: Params): redactOptions {
  const options: unknown = Array.isArray(pinoHttp) ? pinoHttp[0] : pinoHttp;
  const { redact = [] } = Object(options) as { redact?: string[] | redactOptions };
  return Array.isArray(redact) ? { paths: redact } : redact;
}
