import { parseArgs } from 'node:util';
import { debugSecretOf } from '../options/control-variables.js';
import { duration } from '../options/duration.js';
import { InvalidValue } from '../options/settings-errors.js';
import type { Environment } from '../options/variables.js';
import { createDebugToken, DEBUG_HEADER } from '../propagation/debug-token.js';

/**
 * Returns the header that forces requests to be recorded, signed with `TRACING_DEBUG_SECRET`.
 *
 * @param args such as `--for 10m`
 * @throws Error that says what is wrong with the arguments or the secret
 */
export function debugTokenHeader(args: readonly string[], env: Environment): string {
  const { values } = parseArgs({
    args: [...args],
    options: { for: { type: 'string', default: '10m' } },
  });
  const time = duration(values.for);
  if (time instanceof InvalidValue) throw new Error(`--for: ${time.message}`);
  const { secret, warnings } = debugSecretOf(env);
  if (secret === undefined) {
    throw new Error(
      warnings[0] ?? 'Set TRACING_DEBUG_SECRET to the secret that the services have.',
    );
  }
  return `${DEBUG_HEADER}: ${createDebugToken(secret, Date.now() + time)}`;
}
