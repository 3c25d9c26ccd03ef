import { expect, it } from 'vitest';
import { freePort } from '@shop/otlp/free-port';
import { TracedApp } from './support/traced-app.ts';

type Kinds = Readonly<Record<string, readonly string[]>>;

/** What a script has found that runs all kinds of a sampling, each time that a test asks for one. */
function runner<Found>(
  fixture: string,
  kindsOf: Kinds,
): (sampling: string, kind: string) => Promise<Found> {
  const runs = new Map<string, Promise<Record<string, Found>>>();
  return async (sampling, kind) => {
    let run = runs.get(sampling);
    if (run === undefined) {
      run = runAll<Found>(fixture, { SAMPLING: sampling, KINDS: kindsOf[sampling]?.join(' ') });
      runs.set(sampling, run);
    }
    const found = (await run)[kind];
    if (found === undefined) throw new Error(`${fixture} did not run ${kind}`);
    return found;
  };
}

async function runAll<Found>(
  fixture: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, Found>> {
  await using app = await TracedApp.start(fixture, {
    // Nobody listens there: what is exported would fill the memory of the test.
    env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` },
    node: ['--expose-gc'],
    serves: false,
  });
  const found = new Promise<unknown>((resolve) => app.process.once('message', resolve));
  const first = await Promise.race([found, app.exit]);
  if (typeof first !== 'object' || first === null) throw new Error(`${first}: ${app.errors}`);
  return first as Record<string, Found>;
}

function casesOf(kindsOf: Kinds): [sampling: string, kind: string][] {
  return Object.entries(kindsOf).flatMap(([sampling, kinds]) =>
    kinds.map((kind): [string, string] => [sampling, kind]),
  );
}

const chains: Kinds = {
  '1': [
    'immediate',
    'asynchronous',
    'timeout',
    'failing',
    'logs',
    'withSpan',
    'withSpanAsynchronous',
    'promises',
    'emitters',
    'observables',
    'subscribedAgain',
    'neverSubscribed',
    'neverAwaited',
    'generators',
    'asyncGenerators',
  ],
  'own all': ['immediate', 'asynchronous'],
  'own none': ['immediate', 'asynchronous'],
};
const chain = runner<{ calls: number; alive: number; heapGrowth: number }>('chains-app', chains);

it.each(casesOf(chains))(
  'rule 33: a span keeps no ancestor alive: sampling %s, %s',
  { timeout: 120_000 },
  async (sampling, kind) => {
    const { calls, alive, heapGrowth } = await chain(sampling, kind);
    expect(calls).toBeGreaterThanOrEqual(1000);
    // The last ones are still referred to.
    expect(alive).toBeLessThan(200);
    // Half of the calls: 5000 of them, of 1.6 kB each where each keeps its span.
    expect(heapGrowth).toBeLessThan(2_500_000);
  },
);

const nestings: Kinds = {
  '1': ['silent', 'logging', 'deepestLogs', 'failing', 'withSpan', 'observables', 'generators'],
  '0': ['silent'],
  '0.5': ['silent'],
  'own all': ['silent', 'deepestLogs'],
  'own none': ['silent', 'deepestLogs'],
};
interface Nesting {
  readonly depth: number;
  /** Of CPU: other processes may run beside. */
  readonly milliseconds: number;
}
const nesting = runner<{ shallow: Nesting; deep: Nesting }>('depth-app', nestings);

it.each(casesOf(nestings))(
  'rule 33: nesting takes no stack, and constant time per level: sampling %s, %s',
  { timeout: 120_000 },
  async (sampling, kind) => {
    const { shallow, deep } = await nesting(sampling, kind);
    expect([shallow.depth, deep.depth]).toEqual([10_000, 50_000]);
    // Five times as deep takes 25 times as long where the time per level grows with the depth.
    expect(deep.milliseconds).toBeLessThan(15 * Math.max(shallow.milliseconds, 200));
  },
);
