import { setImmediate } from 'node:timers/promises';
import { driveSoon } from './drive.js';
import { makeClass, type MadeClass } from './make-class.js';
import { Call } from './run.js';
import { work } from './work.js';
import type { World } from './world.js';

/** Runs the program of a plan in a world of its own, until nothing is under way any more. */
export async function runProgram(world: World, isTraced: boolean): Promise<MadeClass> {
  const made = makeClass(world.plan, world, isTraced);
  const onUnhandled = (reason: unknown): void => void world.unhandled.push(world.show(reason));
  process.on('unhandledRejection', onUnhandled);
  process.on('uncaughtException', onUnhandled);
  try {
    for (const [index, step] of world.plan.program.entries()) {
      const call = new Call(world, String(index), undefined, undefined, 'main');
      world.calls.push(call);
      const run = call.begin('async');
      try {
        await Promise.race([driveSoon(run, work(run, made.self, [step])), patience()]);
      } catch (error) {
        run.note(`failed with ${world.show(error)}`);
      }
    }
    for (let round = 0; round < ROUNDS && world.working > 0; round++) await setImmediate();
    await setImmediate();
    if (world.working > 0) world.log('main', 'goes on for ever');
  } finally {
    process.off('unhandledRejection', onUnhandled);
    process.off('uncaughtException', onUnhandled);
  }
  return made;
}

/** A program does no more than this between two turns of the event loop. */
const ROUNDS = 500;

/** Fails where a result never comes. */
async function patience(): Promise<never> {
  for (let round = 0; round < ROUNDS; round++) await setImmediate();
  throw 'no result';
}
