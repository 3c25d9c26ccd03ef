import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildApps, buildCompetitors } from './build.ts';
import { machine, versions } from './machine.ts';
import { measureGroup } from './measure-apps.ts';
import { MICRO_BENCHES } from './micro/benches.ts';
import type { MicroResult } from './micro/micro-result.ts';
import { MICRO_NAMES } from './micro/names.ts';
import { benchOptions, type BenchOptions } from './options.ts';
import { endAll } from './processes/child.ts';
import type { Place } from './processes/place.ts';
import { ReceiverProcess } from './processes/receiver-process.ts';
import { startRedis } from './processes/redis-process.ts';
import { profileTable } from './profile/profile-variant.ts';
import { groupTable, headline } from './report.ts';
import { groupResult, type GroupResult, type Results } from './results.ts';
import { groupsOf, isSelected, VARIANT_NAMES, type Group } from './variants.ts';

const hasNest11 = ({ variants }: Group): boolean => variants.some(({ nest }) => nest === 11);
const isRealistic = ({ variants }: Group): boolean =>
  variants.some(({ app }) => app === 'realistic');

const skipped: string[] = [];
let endRedis = (): void => {};

async function end(): Promise<void> {
  endRedis();
  await endAll();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void end().then(() => process.exit(130)));
}

try {
  await bench(benchOptions(process.argv.slice(2)));
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await end();
}

async function bench(options: BenchOptions): Promise<void> {
  const selected = options.parts.apps ? groupsOf(accepts(options)) : [];
  const withNest11 = selected.some(hasNest11);
  buildApps();
  if (withNest11) buildCompetitors();
  const receiver = await ReceiverProcess.start();
  const needsRedis = selected.some(isRealistic);
  const redis = needsRedis ? await startRedis() : undefined;
  if (redis !== undefined) endRedis = () => redis.end();
  if (needsRedis && redis === undefined) {
    skipped.push('The realistic app was skipped, because there is no redis-server on the PATH.');
  }
  const groups = selected.filter((group) => redis !== undefined || !isRealistic(group));
  const place: Place = {
    receiver,
    collector: options.collector,
    redis: redis?.url,
  };

  if (options.profile !== undefined) {
    console.log(await profileTable(options.profile, options, place));
    return;
  }
  const about = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    versions: versions(withNest11),
    rounds: options.rounds,
    pairs: options.pairs,
  };
  console.log(headline({ ...about, micro: [], skipped }));
  const groupResults: GroupResult[] = [];
  for (const group of groups) {
    const result = groupResult(group, await measureGroup(group, options, place));
    groupResults.push(result);
    console.log(`\n${groupTable(result)}`);
  }
  const micro = options.parts.micro ? await runMicro(options, place) : [];
  for (const sentence of skipped) console.log(`\n${sentence}`);
  if (options.json !== undefined) {
    const results: Results = { ...about, groups: groupResults, micro, skipped };
    mkdirSync(dirname(options.json), { recursive: true });
    writeFileSync(options.json, `${JSON.stringify(results, undefined, 1)}\n`);
  }
}

function accepts({ profile, isQuick, only }: BenchOptions): Parameters<typeof groupsOf>[0] {
  if (profile !== undefined) return ({ name }) => name === profile;
  if (only.length > 0) return ({ name }) => isSelected(only, name, VARIANT_NAMES);
  return ({ quick }) => !isQuick || quick === true;
}

async function runMicro({ rounds, only }: BenchOptions, place: Place): Promise<MicroResult[]> {
  const results: MicroResult[] = [];
  for (const name of MICRO_NAMES) {
    if (only.length > 0 && !isSelected(only, name, MICRO_NAMES)) continue;
    process.stderr.write(`\r\x1b[K${name}\n`);
    const result = { name, ...(await MICRO_BENCHES[name](rounds, place)) };
    results.push(result);
    console.log(`\n${result.table}`);
  }
  return results;
}
