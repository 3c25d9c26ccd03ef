import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { isObservable, Subject } from 'rxjs';
import type { Run } from './run.js';
import { useIteratorNow, useIteratorSoon } from './use-iterator.js';
import { useObservableNow, useObservableSoon, useSubject } from './use-observable.js';
import { useThenable } from './use-thenable.js';
import { ways } from './ways.js';
import type { Use } from './work.js';

/** Uses a result where nobody can wait. */
export function useNow(run: Run, use: Use): void {
  const { result, manner } = use;
  if (manner === ways.ignore || !isWorking(result)) return;
  if (result instanceof Subject) useSubject(run, result);
  else if (isObservable(result)) useObservableNow(run, result);
  else if (Symbol.iterator in result && 'next' in result)
    useIteratorNow(run, result as Generator<unknown>, manner);
}

export function useSoon(run: Run, use: Use): Promise<void> {
  return use.manner === ways.away
    ? context.with(ROOT_CONTEXT, useHere, undefined, run.away(), use)
    : useHere(run, use);
}

async function useHere(run: Run, use: Use): Promise<void> {
  const { result, manner } = use;
  if (manner === ways.ignore || !isWorking(result)) return;
  if (Symbol.asyncIterator in result)
    await useIteratorSoon(run, result as AsyncIterable<unknown>, manner);
  else if (result instanceof Subject || isObservable(result) === false) {
    if ('then' in result && typeof result.then === 'function')
      await useThenable(run, result as PromiseLike<unknown>, manner);
    else useNow(run, use);
  } else await useObservableSoon(run, result, isEndless(use) ? ways.first : manner);
}

/** Something that does work, and no mere value. */
function isWorking(result: unknown): result is object {
  try {
    return (
      typeof result === 'object' &&
      result !== null &&
      ['then', 'next', 'subscribe', Symbol.asyncIterator].some((key) => key in result)
    );
  } catch {
    return false;
  }
}

function isEndless({ call }: Use): boolean {
  const maker = call?.maker;
  return maker?.shape === 'observable' && maker.variant === 'never';
}
