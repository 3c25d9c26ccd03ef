import { isDeepStrictEqual } from 'node:util';
import { runningApps } from '../../src/app/running-apps.js';
import { checkSpans } from './check-spans.js';
import { describePlan } from './describe-plan.js';
import { membersOf } from './members.js';
import { planClass } from './plan-class.js';
import { Random } from './random.js';
import { runProgram } from './run-program.js';
import type { SpanLedger } from './span-ledger.js';
import { World } from './world.js';

/**
 * Runs the program of a seed on the class with our decorators and on the one without.
 *
 * @returns what differs, or is wrong with the spans, and all that is needed to see it again;
 *   undefined where all is well.
 */
export async function runCase(
  seed: number,
  ledger: SpanLedger,
  isRecording: boolean,
): Promise<string | undefined> {
  endUnsubscribed(); // the check of the case before has asked for ids
  ledger.clear();
  const plan = planClass(new Random(seed));
  const bare = new World(plan);
  const traced = isRecording ? new World(plan, (call) => ledger.hasEnded(call)) : new World(plan);
  const bareClass = await runProgram(bare, false);
  const tracedClass = await runProgram(traced, true);
  endUnsubscribed();

  const problems = firstDifference(bare.story, traced.story);
  if (!isDeepStrictEqual(membersOf(plan, bareClass), membersOf(plan, tracedClass)))
    problems.push('the members of the class differ');
  if (isRecording) problems.push(...checkSpans(traced, ledger));
  else problems.push(...ledger.started.map(({ name }) => `the span ${name} was started`));
  return problems.length === 0
    ? undefined
    : [`DIFFERENTIAL_SEED=${seed}`, ...problems.slice(0, 5), describePlan(plan)].join('\n');
}

function firstDifference(bare: string[], traced: string[]): string[] {
  const index = bare.findIndex((line, index) => line !== traced[index]);
  if (index === -1 && bare.length === traced.length) return [];
  const at = index === -1 ? bare.length : index;
  return [`undecorated: ${bare[at]}`, `decorated:   ${traced[at]}`];
}

function endUnsubscribed(): void {
  for (const app of runningApps.all) app.openSpans.endAll();
}
