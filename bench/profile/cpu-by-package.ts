import type { Profiler } from 'node:inspector';
import { packageOf } from './package-of.ts';

/** The microseconds of CPU of each package in a V8 CPU profile. */
export function cpuByPackage({
  nodes,
  samples = [],
  timeDeltas = [],
}: Profiler.Profile): Map<string, number> {
  const packages = new Map(nodes.map(({ id, callFrame }) => [id, packageOf(callFrame)]));
  const cpu = new Map<string, number>();
  samples.forEach((id, index) => {
    const name = packages.get(id);
    // The delta of a sample is the time since the sample before it.
    if (name !== undefined) cpu.set(name, (cpu.get(name) ?? 0) + (timeDeltas[index + 1] ?? 0));
  });
  return cpu;
}

/** Sums by package. */
export function sumOf(all: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const one of all) {
    for (const [name, value] of one) sums.set(name, (sums.get(name) ?? 0) + value);
  }
  return sums;
}
