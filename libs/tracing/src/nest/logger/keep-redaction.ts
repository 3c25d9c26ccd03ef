import type { Params } from 'nestjs-pino';
import type { Logger, redactOptions } from 'pino';
import { redactLines } from '../../logging/redact-lines.js';

/** What a root logger redacts. */
const redactions = new WeakMap<Logger, redactOptions>();

/**
 * nestjs-pino has one root logger in a process, and the first parameters win: a further app would write
 * what it redacts itself. So its paths are redacted beside those of the first, in the way of the first.
 */
export function keepRedaction(root: Logger, params: Params): void {
  const own = redactionOf(params);
  const known = redactions.get(root);
  if (known === undefined) {
    redactions.set(root, own);
    return;
  }
  const added = own.paths.filter((path) => !known.paths.includes(path));
  if (added.length === 0) return;
  const way = known.paths.length > 0 ? known : own;
  const both = { ...way, paths: [...known.paths, ...added] };
  redactions.set(root, both);
  redactLines(root, both);
}

function redactionOf({ pinoHttp }: Params): redactOptions {
  const options: unknown = Array.isArray(pinoHttp) ? pinoHttp[0] : pinoHttp;
  const { redact = [] } = Object(options) as { redact?: string[] | redactOptions };
  return Array.isArray(redact) ? { paths: redact } : redact;
}
