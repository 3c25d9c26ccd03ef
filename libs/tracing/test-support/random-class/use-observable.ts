import { setImmediate } from 'node:timers/promises';
import {
  catchError,
  concatMap,
  firstValueFrom,
  lastValueFrom,
  map,
  mergeMap,
  of,
  retry,
  switchMap,
  take,
  toArray,
  type Observable,
  type Subject,
} from 'rxjs';
import type { Run } from './run.js';
import { ways } from './ways.js';

export function useSubject(run: Run, subject: Subject<unknown>): void {
  const subscription = useObservable(run, subject);
  subject.next(`${run.id} feeds`);
  subscription.unsubscribe();
}

export function useObservableNow(run: Run, source: Observable<unknown>): void {
  useObservable(run, source).unsubscribe();
}

function useObservable(run: Run, source: Observable<unknown>): { unsubscribe(): void } {
  const { world } = run.call;
  return source.subscribe({
    next: (value) => run.note(`next ${world.show(value)}`),
    error: (error) => run.note(`error ${world.show(error)}`),
    complete: () => run.note('complete'),
  });
}

export async function useObservableSoon(
  run: Run,
  source: Observable<unknown>,
  manner: number,
): Promise<void> {
  const { world } = run.call;
  const seen = map((value: unknown) => {
    run.note(`next ${world.show(value)}`);
    return world.show(value);
  });
  if (manner === ways.first) {
    run.note(await firstValueFrom(source.pipe(seen), { defaultValue: 'nothing' }));
    return;
  }
  if (manner === ways.leave) {
    const subscription = useObservable(run, source.pipe(take(2)));
    await setImmediate();
    subscription.unsubscribe();
    return;
  }
  const last = async (piped: Observable<unknown>): Promise<void> =>
    run.note(String(await lastValueFrom(piped.pipe(seen, toArray()))));
  if (manner === 3) {
    await last(source);
    await last(source);
  } else if (manner === 4) await last(source.pipe(retry(1)));
  else if (manner === 5) {
    await last(source.pipe(catchError((error: unknown) => of(`instead of ${world.show(error)}`))));
  } else if (manner === 6) await last(source.pipe(concatMap((value) => of(value))));
  else if (manner === 7) await last(source.pipe(mergeMap((value) => of(value, value))));
  else if (manner === 8) await last(source.pipe(switchMap((value) => Promise.resolve(value))));
  else await last(source);
}
