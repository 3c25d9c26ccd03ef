import type { Run } from './run.js';

/** Waits for a promise or a thenable, in one of the ways in which that is written. */
export async function useThenable(
  run: Run,
  result: PromiseLike<unknown>,
  manner: number,
): Promise<void> {
  const { world } = run.call;
  const told = (value: unknown): void => run.note(`resolved ${world.show(value)}`);
  if (manner === 3) {
    await result.then(told);
  } else if (manner === 4) {
    await result.then(told, (error: unknown) => {
      run.note(`rejected ${world.show(error)}`);
      throw error;
    });
  } else if (manner === 5) {
    told(await result);
    told(await result);
  } else if (manner === 6) {
    await Promise.resolve(result).finally(() => run.note('finally'));
  } else if (manner === 7) {
    told(await (async () => result)());
  } else if (manner === 8) {
    await result.then(null, (error: unknown) => run.note(`caught ${world.show(error)}`));
  } else {
    told(await result);
  }
}
