import { constants } from 'node:os';
import { redactSetting } from '../redaction/redact-url.js';
import type { Environment } from './variables.js';

/**
 * The signals that can turn tracing on and off: those for which Node can listen and that nothing else needs.
 * The others cannot be caught, end the process, report its faults, or belong to Node, as SIGUSR1 does.
 */
const controlSignals = [
  'SIGUSR2',
  'SIGHUP',
  'SIGALRM',
  'SIGCONT',
  'SIGIO',
  'SIGPWR',
  'SIGURG',
  'SIGVTALRM',
  'SIGWINCH',
] as const satisfies readonly NodeJS.Signals[];

export type ControlSignal = (typeof controlSignals)[number];

interface SignalVariable {
  readonly signal?: ControlSignal;
  readonly warnings: readonly string[];
}

/** Reads `TRACING_SIGNAL`. */
export function controlSignalOf(env: Environment): SignalVariable {
  const text = env['TRACING_SIGNAL']?.trim();
  if (!text) return { warnings: [] };
  const here = controlSignals.filter((one) => Object.hasOwn(constants.signals, one));
  const signal = here.find((one) => one === text);
  if (signal !== undefined) return { signal, warnings: [] };
  const expected =
    here.length === 0 ? 'no value, as this platform has none of the signals' : here.join(', ');
  return {
    warnings: [
      `TRACING_SIGNAL: expected ${expected}, but got '${redactSetting(text)}'. ` +
        'No signal turns tracing on or off.',
    ],
  };
}

/** A shorter secret could be guessed from a token. */
const SHORTEST_SECRET = 16;

interface SecretVariable {
  readonly secret?: string;
  readonly warnings: readonly string[];
}

/** Reads `TRACING_DEBUG_SECRET`. Its value is never shown. */
export function debugSecretOf(env: Environment): SecretVariable {
  const secret = env['TRACING_DEBUG_SECRET']?.trim();
  if (!secret) return { warnings: [] };
  if (secret.length >= SHORTEST_SECRET) return { secret, warnings: [] };
  return {
    warnings: [
      `TRACING_DEBUG_SECRET: expected a secret of at least ${SHORTEST_SECRET} characters, but got ` +
        `${secret.length}. No request can be forced. Create one with \`openssl rand -hex 32\`.`,
    ],
  };
}
