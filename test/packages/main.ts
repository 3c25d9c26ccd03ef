// The package as users get it: packed, installed into fresh apps, built, tested and run there.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appKinds } from './app-kinds.ts';
import { checkApp } from './check-app.ts';
import { lintTarball } from './lint-tarball.ts';
import { packLibrary } from './pack-library.ts';
import { twoAtATime } from './two-at-a-time.ts';
import { uncoveredPairs } from './uncovered-pairs.ts';

const folder = await mkdtemp(join(tmpdir(), 'packages-'));
let isFine = true;

async function report(what: string, check: () => Promise<void>): Promise<void> {
  const start = performance.now();
  let fault: unknown;
  await check().catch((error: unknown) => (fault = error));
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(`${fault === undefined ? 'ok    ' : 'FAILED'} ${what} (${seconds} s)`);
  if (fault === undefined) return;
  isFine = false;
  console.log(fault instanceof Error ? fault.message : fault);
}

try {
  const pairs = uncoveredPairs(appKinds);
  if (pairs.length > 0) throw new Error(`no app has ${pairs.join(', ')}`);
  const tarball = await packLibrary(folder);
  await report('publint, attw', () => lintTarball(tarball));
  await twoAtATime([...appKinds.entries()], ([index, kind]) =>
    report(Object.values(kind).join(' | '), () =>
      checkApp(join(folder, `app-${index}`), kind, tarball),
    ),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = isFine ? 0 : 1;
