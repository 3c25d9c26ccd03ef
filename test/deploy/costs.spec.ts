import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { deployments } from './deployments.ts';

const page = readFileSync(new URL('../../docs/aws.md', import.meta.url), 'utf8');
const [, vcpu, gigabyte] = /([\d.]+) a vCPU and hour, ([\d.]+) a GB and hour/.exec(page)!;

/** US dollars for 730 hours. */
function monthly(cpuUnits: number, mebibytes: number): string {
  return (730 * ((cpuUnits / 1024) * Number(vcpu) + (mebibytes / 1024) * Number(gigabyte))).toFixed(
    2,
  );
}

it('docs/aws.md tells what the sidecar of the task definition costs', () => {
  const { taskDefinition } = deployments[0]!;
  const { cpu, memory } = taskDefinition.containerDefinitions![1]!;
  expect(page).toContain(`${monthly(cpu!, memory!)} a task`);
  expect(page).toContain(`${monthly(2 * cpu!, 2 * memory!)} for the sidecars`);
  const four = Number(monthly(4 * Number(taskDefinition.cpu), 4 * Number(taskDefinition.memory)));
  expect(page).toContain(`The four tasks cost ${four.toFixed(0)} USD a month`);
});

it('docs/aws.md tells what a gateway collector costs', () => {
  expect(page).toContain(`${monthly(256, 512)}, or ${monthly(512, 1024)} for two`);
});
