import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saturate } from '../load/saturate.ts';
import type { BenchOptions } from '../options.ts';
import { AppPair } from '../processes/app-pair.ts';
import { openServices, type Place } from '../processes/place.ts';
import { GROUPS, type Variant } from '../variants.ts';
import { cpuByPackage, sumOf } from './cpu-by-package.ts';

/** Microseconds per request. A smaller difference is noise. */
const SMALLEST_DIFFERENCE = 1;

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
  const profiles = [await Profiled.start(base, place), await Profiled.start(variant, place)];
  for (const one of profiles) await one.warmUp(warmUp);
  // In turn, so that what slows the machine affects both.
  for (let round = 0; round < rounds; round++) {
    for (const one of profiles) await one.send(requests);
  }
  const [before, after] = [await profiles[0]!.end(measured), await profiles[1]!.end(measured)];
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

/** A pair of processes whose CPU is profiled. */
class Profiled {
  readonly #pair: AppPair;

  private constructor(pair: AppPair) {
    this.#pair = pair;
  }

  static async start(variant: Variant, place: Place): Promise<Profiled> {
    return new Profiled(await AppPair.start(variant, await openServices(place)));
  }

  async warmUp(requests: number): Promise<void> {
    await this.send(requests);
    await this.#pair.ask('start profile');
  }

  async send(requests: number): Promise<void> {
    await saturate(this.#pair.url, this.#pair.request, requests);
  }

  /** Resolves to the microseconds per request of each package. */
  async end(requests: number): Promise<Map<string, number>> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-profile-'));
    try {
      const files = ['service', 'gateway'].map((role) => join(folder, `${role}.cpuprofile`));
      await this.#pair.ask('stop profile', files);
      await this.#pair.end();
      const all = files.map((file) =>
        cpuByPackage(JSON.parse(readFileSync(file, 'utf8')) as Profiler.Profile),
      );
      return new Map([...sumOf(all)].map(([name, micros]) => [name, micros / requests]));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}
