// The same app and the same requests, traced by the stock instrumentations and by ours: writes
// docs/compared.md, or says with `--check` whether it is as it would be written.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { packLibrary } from '../packages/pack-library.ts';
import { findingsOf } from './findings.ts';
import { pageOf } from './page.ts';
import { recordSpans } from './record-spans.ts';
import { rowsOf } from './rows.ts';
import { writeApp } from './write-app.ts';

const { check } = parseArgs({ options: { check: { type: 'boolean' } } }).values;
const file = fileURLToPath(new URL('../../docs/compared.md', import.meta.url));

async function makePage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'compare-'));
  try {
    await writeApp(folder, await packLibrary(folder));
    const stock = await recordSpans(folder, 'stock');
    const ours = await recordSpans(folder, 'ours');
    const page = pageOf(rowsOf(findingsOf(stock, ours)), stock, ours);
    return await format(page, { ...(await resolveConfig(file)), filepath: file });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const page = await makePage();
if (!check) await writeFile(file, page);
else checkPage(await readFile(file, 'utf8'), page);

function checkPage(written: string, made: string): void {
  if (written === made) return;
  // Without the padding of tables, which changes with their longest cell.
  const lines = [written, made].map((text) =>
    text
      .split('\n')
      .map((line) => (line.startsWith('|') ? line.replaceAll(/ +|-{3,}/g, ' ') : line)),
  );
  const missing = ([from, to]: string[][]) => from?.filter((line) => !to?.includes(line)) ?? [];
  console.log(
    'docs/compared.md is not what `npm run compare` makes now. Run that, and see the diff:',
  );
  for (const line of missing(lines)) console.log(`- ${line}`);
  for (const line of missing(lines.toReversed())) console.log(`+ ${line}`);
  process.exitCode = 1;
}
