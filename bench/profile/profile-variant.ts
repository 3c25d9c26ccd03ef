import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saturate } from '../load/saturate.ts';
import type { Place } from '../measure-apps.ts';
import type { BenchOptions } from '../options.ts';
import { AppPair } from '../processes/app-pair.ts';
import { GROUPS, type Variant } from '../variants.ts';
import { cpuByPackage, sumOf } from './cpu-by-package.ts';

/** Microseconds per request. A smaller difference is noise. */
const SMALLEST_DIFFERENCE = 0.5;

/** The table of the CPU per request and package, of a variant and of its base. */
export async function profileTable(
  name: string,
  { warmUp, requests, rounds }: BenchOptions,
  place: Place,
): Promise<string> {
  const group = GROUPS.find(({ variants }) => variants.some((one) => one.name === name))!;
  const variant = group.variants.find((one) => one.name === name)!;
  const [base] = group.variants;
  const measured = requests * rounds;
  const before = await profile(base, warmUp, measured, place);
  const after = await profile(variant, warmUp, measured, place);
  const rows = [...new Set([...before.keys(), ...after.keys()])]
    .map((one) => ({ name: one, before: before.get(one) ?? 0, after: after.get(one) ?? 0 }))
    .toSorted((a, b) => b.after - b.before - (a.after - a.before));
  const line = (label: string, a: number, b: number): string =>
    `| ${label} | ${a.toFixed(1)} | ${b.toFixed(1)} | ${(b - a).toFixed(1)} |`;
  const total = (side: 'before' | 'after'): number => rows.reduce((sum, row) => sum + row[side], 0);
  return [
    `us of CPU per request, gateway and service, ${measured} requests`,
    '',
    `| package | ${base.name} | ${name} | difference |`,
    '| --- | --- | --- | --- |',
    line('all', total('before'), total('after')),
    ...rows
      .filter((row) => Math.abs(row.after - row.before) >= SMALLEST_DIFFERENCE)
      .map((row) => line(row.name, row.before, row.after)),
  ].join('\n');
}

async function profile(
  variant: Variant,
  warmUp: number,
  requests: number,
  place: Place,
): Promise<Map<string, number>> {
  process.stderr.write(`profile of ${variant.name}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'bench-profile-'));
  try {
    const collector = place.collector ?? (await place.receiver.open());
    const pair = await AppPair.start(variant, { ...place, collector });
    await saturate(pair.url, pair.request, warmUp);
    await pair.ask('start profile');
    await saturate(pair.url, pair.request, requests);
    const files = ['service', 'gateway'].map((role) => join(folder, `${role}.cpuprofile`));
    await pair.ask('stop profile', files);
    await pair.end();
    const all = files.map((file) =>
      cpuByPackage(JSON.parse(readFileSync(file, 'utf8')) as Profiler.Profile),
    );
    return new Map([...sumOf(all)].map(([name, micros]) => [name, micros / requests]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
