import { beforeAll, expect, it } from 'vitest';
import { type Claim, faultsOf } from './aws-model.ts';
import { deployments } from './deployments.ts';

const taskType = 'ecs.RegisterTaskDefinitionCommandInput';
const container = { name: 'app', image: 'i' };
const dependsOn = [{ containerName: 'collector', condition: 'READY' }];
const wrong: [string, Claim][] = [
  ['\'"stopTimout"\' does not exist', task({ stopTimout: 30 })],
  ["Type 'string' is not assignable to type 'number'", task({ memory: '640' })],
  ['Type \'"READY"\' is not assignable', task({ dependsOn })],
  ["Property 'family' is missing", [taskType, { containerDefinitions: [container] }]],
];
const claims: [string, Claim][] = deployments.flatMap(
  ({ name, taskDefinition, serviceDefinition }): [string, Claim][] => [
    [`the task definition of ${name}`, [taskType, taskDefinition]],
    [
      `the service definition of ${name}`,
      ["Omit<ecs.CreateServiceCommandInput, 'serviceName'>", serviceDefinition],
    ],
  ],
);

function task(fields: object): Claim {
  return [taskType, { family: 'f', containerDefinitions: [{ ...container, ...fields }] }];
}

// One run of the compiler for all.
let faults: string[][];
beforeAll(() => {
  faults = faultsOf([...claims, ...wrong].map(([, claim]) => claim));
}, 60_000);

it.each(claims.map(([name], index) => [name, index] as const))('AWS takes %s', (_, index) => {
  expect(faults[index]).toEqual([]);
});

it.each(wrong.map(([message], index) => [message, index] as const))(
  'a wrong definition is told: %s',
  (message, index) => {
    expect(faults[claims.length + index]).toEqual([expect.stringContaining(message)]);
  },
);
