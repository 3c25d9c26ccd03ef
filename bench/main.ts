import { execFileSync, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { benchOptions, type BenchOptions } from './bench-options.ts';
import { lines, linesTable } from './lines.ts';
import { load } from './load.ts';
import { methods } from './methods.ts';
import { ReceiverProcess } from './receiver-process.ts';
import { report } from './report.ts';
import { Stack } from './stack.ts';
import { quantile, type Sample } from './statistics.ts';
import { VARIANTS } from './variants.ts';

/** Milliseconds. An app is compiled and settled after some ten thousand requests. */
const WARM_UP = 8000;

const started: ChildProcess[] = [];
const endAll = (): void => started.forEach((child) => child.kill('SIGKILL'));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    endAll();
    process.exit(130);
  });
}

try {
  await bench(benchOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  endAll();
}

async function bench({ rounds, millis, json }: BenchOptions): Promise<void> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'bench'], {
    cwd: root,
    stdio: 'inherit',
  });
  const receiver = await ReceiverProcess.start(started);
  const stacks: Stack[] = [];
  for (const variant of VARIANTS) stacks.push(await Stack.start(variant, receiver.url, started));

  // Until everything is compiled; and here each must bring the spans that it promises.
  for (const stack of stacks) {
    const before = await receiver.spans();
    const { requests } = await load(stack.url, WARM_UP);
    if (stack.variant.spans > 0) await receiver.waitFor(before + requests * stack.variant.spans);
  }

  const samples = new Map(stacks.map(({ variant }) => [variant.name, [] as Sample[]]));
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`\rround ${round + 1} of ${rounds} `);
    // Everyone has every place in the order in turn.
    const order = stacks.map((_, place) => stacks[(place + round) % stacks.length]!);
    for (const stack of order) samples.get(stack.variant.name)?.push(await measure(stack, millis));
  }
  process.stderr.write('\n');
  console.log(report(samples));
  console.log(`\n${await methods(rounds, receiver.url, started)}`);
  const lineSamples = await lines(rounds, receiver.url, started);
  console.log(`\n${linesTable(lineSamples)}`);
  if (json !== undefined) {
    const all = { ...Object.fromEntries(samples), lines: Object.fromEntries(lineSamples) };
    writeFileSync(json, JSON.stringify(all, undefined, 2));
  }
}

async function measure(stack: Stack, millis: number): Promise<Sample> {
  const before = await stack.cpu();
  const { requests, millis: took, latencies } = await load(stack.url, millis);
  const used = (await stack.cpu()) - before;
  return {
    cpuPerRequest: used / requests,
    throughput: (requests / took) * 1000,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}
