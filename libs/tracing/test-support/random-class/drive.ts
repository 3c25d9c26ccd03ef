import { setImmediate } from 'node:timers/promises';
import type { Demand, Work } from './work.js';
import { useSoon, useNow } from './use-result.js';
import type { Run } from './run.js';

type Emit = (item: string) => boolean;

/** Does work in one go. `emit` answers whether anybody wants more. */
export function driveNow(run: Run, work: Work, emit: Emit = () => true): void {
  let step = work.next();
  while (step.done !== true) {
    const demand = step.value;
    if (demand.want === 'yield' && !emit(demand.item)) return;
    step = answer(work, () => meetNow(run, demand));
  }
}

/** Does work that can wait. */
export async function driveSoon(run: Run, work: Work, emit: Emit = () => true): Promise<void> {
  const { world } = run.call;
  world.working++;
  try {
    let step = work.next();
    while (step.done !== true) {
      const demand = step.value;
      if (demand.want === 'yield' && !emit(demand.item)) return;
      step = await answerSoon(work, () => meetSoon(run, demand));
    }
  } finally {
    world.working--;
  }
}

/** Does work step by step, as a generator that its user drives. */
export function* steps(run: Run, work: Work): Generator<string, void, unknown> {
  let step = work.next();
  while (step.done !== true) {
    const demand = step.value;
    if (demand.want === 'yield') {
      let sent: unknown;
      try {
        sent = yield demand.item;
      } catch (error) {
        step = work.throw(error);
        continue;
      }
      step = work.next(sent);
    } else if (demand.want === 'use' && isSyncGenerator(demand.use.result)) {
      step = work.next(yield* demand.use.result);
    } else {
      step = answer(work, () => meetNow(run, demand));
    }
  }
}

export async function* stepsSoon(run: Run, work: Work): AsyncGenerator<string, void, unknown> {
  let step = work.next();
  while (step.done !== true) {
    const demand = step.value;
    if (demand.want === 'yield') {
      let sent: unknown;
      try {
        sent = yield demand.item;
      } catch (error) {
        step = work.throw(error);
        continue;
      }
      step = work.next(sent);
    } else {
      step = await answerSoon(work, () => meetSoon(run, demand));
    }
  }
}

function answer(work: Work, meet: () => void): IteratorResult<Demand, void> {
  try {
    meet();
  } catch (error) {
    return work.throw(error);
  }
  return work.next();
}

async function answerSoon(
  work: Work,
  meet: () => Promise<void>,
): Promise<IteratorResult<Demand, void>> {
  try {
    await meet();
  } catch (error) {
    return work.throw(error);
  }
  return work.next();
}

function meetNow(run: Run, demand: Demand): void {
  if (demand.want === 'use') useNow(run, demand.use);
  if (demand.want === 'all') for (const use of demand.uses) useNow(run, use);
}

async function meetSoon(run: Run, demand: Demand): Promise<void> {
  if (demand.want === 'pause') await setImmediate();
  if (demand.want === 'use') await useSoon(run, demand.use);
  if (demand.want !== 'all') return;
  const all = await Promise.allSettled(
    demand.uses.map((use) => useSoon(run.beside(use.call), use)),
  );
  for (const one of all) if (one.status === 'rejected') throw one.reason;
}

function isSyncGenerator(value: unknown): value is Generator<string, unknown, unknown> {
  return Object.prototype.toString.call(value) === '[object Generator]';
}
