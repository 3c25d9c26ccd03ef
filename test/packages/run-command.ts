import { spawn } from 'node:child_process';
import { dirname, delimiter } from 'node:path';
import { outsideOfTests } from '../support/outside-of-tests.ts';

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** @default 180_000 */
  readonly limitMs?: number;
}

const LAST_LINES = 40;

/**
 * Runs a command to its end and answers with what it said.
 *
 * @throws with the last lines of that if it fails or takes longer than its limit
 */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, limitMs = 180_000 }: CommandOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...userEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: what it starts ends with it.
      detached: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, limitMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(output);
      const how = isLate ? `did not end within ${limitMs} ms` : `ended with ${code ?? signal}`;
      const tail = output.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
      reject(new Error(`${[command, ...args].join(' ')} ${how}:\n${tail}`));
    });
  });
}

/** As in a user's shell: of no test, of no npm script, and with the Node that runs this. */
export function userEnvironment(): NodeJS.ProcessEnv {
  const env = outsideOfTests(process.env);
  for (const name of Object.keys(env)) {
    if (/^npm_(package|lifecycle|config_(local_prefix|workspace))/.test(name)) delete env[name];
  }
  return { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env['PATH']}` };
}
