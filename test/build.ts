import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What the end-to-end tests start: the library in both builds, the demo's services, the fixtures. */
export default function build(): void {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const options = { cwd: root, stdio: 'inherit' } as const;
  execFileSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-b', '.', 'test/fixtures'],
    options,
  );
  execFileSync(process.execPath, ['libs/tracing/scripts/mark-commonjs.js'], options);
}
