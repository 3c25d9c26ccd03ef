import type { Run } from './run.js';
import { ways } from './ways.js';

export function useIteratorNow(run: Run, iterator: Generator<unknown>, manner: number): void {
  const { world } = run.call;
  const tell = ({ value, done }: IteratorResult<unknown, unknown>): boolean => {
    run.note(`${done === true ? 'done' : 'step'} ${world.show(value)}`);
    return done === true;
  };
  if (manner === ways.leave) {
    for (const value of iterator) {
      run.note(`left at ${world.show(value)}`);
      break;
    }
  } else if (manner === 4) {
    tell(iterator.return('early'));
    tell(iterator.next());
  } else if (manner === 5) {
    if (!tell(iterator.next())) tell(iterator.throw(intruder(run)));
    tell(iterator.return('late'));
  } else if (manner === 6) {
    for (let sent = 0; !tell(iterator.next(sent)); sent++);
  } else {
    for (const value of iterator) run.note(`of ${world.show(value)}`);
  }
}

export async function useIteratorSoon(
  run: Run,
  iterable: AsyncIterable<unknown>,
  manner: number,
): Promise<void> {
  const { world } = run.call;
  const tell = ({ value, done }: IteratorResult<unknown, unknown>): boolean => {
    run.note(`${done === true ? 'done' : 'step'} ${world.show(value)}`);
    return done === true;
  };
  const all = async (): Promise<void> => {
    for await (const value of iterable) run.note(`of ${world.show(value)}`);
  };
  if (manner === ways.leave) {
    for await (const value of iterable) {
      run.note(`left at ${world.show(value)}`);
      break;
    }
  } else if (manner === 3) {
    await all();
    await all();
  } else if (manner >= 4 && manner <= 6) {
    const iterator = iterable[Symbol.asyncIterator]();
    if (manner === 4) {
      if (iterator.return) tell(await iterator.return('early'));
      tell(await iterator.next());
    } else if (manner === 5) {
      if (!tell(await iterator.next()) && iterator.throw) tell(await iterator.throw(intruder(run)));
    } else for (let sent = 0; !tell(await iterator.next(sent as never)); sent++);
    if (iterator.return) tell(await iterator.return('late'));
  } else await all();
}

function intruder(run: Run): Error {
  return run.call.world.label(new Error(`intruder ${run.id}`), `intruder ${run.id}`);
}
