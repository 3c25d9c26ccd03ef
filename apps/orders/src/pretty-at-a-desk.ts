import type { TracingOptions } from 'nestjs-tracing';

/**
 * Lines for people where somebody sits in front of them, and JSON everywhere else: in a container, and
 * where another program reads them. What is pretty is made by `pino-pretty`, in a thread of its own.
 */
export function prettyAtADesk(
  isTerminal = process.stdout.isTTY,
  env = process.env['NODE_ENV'],
): TracingOptions['logger'] {
  if (!isTerminal || env === 'production') return {};
  const options = { ignore: 'pid,hostname,trace_flags', singleLine: true };
  return { pinoHttp: { transport: { target: 'pino-pretty', options } } };
}
