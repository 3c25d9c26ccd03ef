import { AsyncLocalStorage } from 'node:async_hooks';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import {
  bufferCount,
  combineLatest,
  concatMap,
  debounceTime,
  defer,
  delay,
  exhaustMap,
  finalize,
  forkJoin,
  from,
  groupBy,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  Observable,
  of,
  repeat,
  retry,
  share,
  shareReplay,
  Subject,
  switchMap,
  take,
  takeUntil,
  tap,
  toArray,
  withLatestFrom,
  zip,
} from 'rxjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpanRecorder } from '../../../test-support/span-recorder.js';
import { withRequestScope } from '../scope.js';
import type { TracingApp } from '../tracing-app.js';
import { subscribeIn } from './subscribe-in.js';

let recorder: SpanRecorder;
beforeEach(() => {
  recorder = new SpanRecorder();
});
afterEach(() => recorder.dispose());

/** Binds an Observable to the request that is active on subscription. */
function boundToRequest<T>(source: Observable<T>): Observable<T> {
  return new Observable((subscriber) => subscribeIn(context.active(), source, subscriber));
}

/** Runs a body in a request of its own. */
function inRequest<T>(body: () => T): T {
  const serverSpan = trace.wrapSpanContext({ traceId: '1', spanId: '1', traceFlags: 0 });
  const app = {} as TracingApp;
  return context.with(withRequestScope(ROOT_CONTEXT, { app, serverSpan }), body);
}

/** Subscribes in a request, as Nest does, and answers how often each operator ran outside of it. */
function strayCalls<T>(
  make: (here: <V>(value: V) => V) => Observable<T>,
  feed: () => void,
): { stray: number; calls: number; values: T[]; hasEnded: boolean } {
  let stray = 0;
  let calls = 0;
  let own = ROOT_CONTEXT;
  const values: T[] = [];
  let hasEnded = false;
  inRequest(() => {
    own = context.active();
    const source = make((value) => {
      calls++;
      if (context.active() !== own) stray++;
      return value;
    });
    boundToRequest(source).subscribe({
      next: (value) => values.push(value),
      complete: () => (hasEnded = true),
    });
  });
  inRequest(feed);
  return { stray, calls, values, hasEnded };
}

const cases: Record<string, (hot: Subject<number>, here: <V>(v: V) => V) => Observable<unknown>> = {
  map: (hot, here) => hot.pipe(map(here)),
  'several operators': (hot, here) => hot.pipe(map(here), tap(here), map(here)),
  asObservable: (hot, here) => hot.asObservable().pipe(map(here)),
  'inner Observables': (hot, here) =>
    of(1).pipe(
      mergeMap(() => hot.pipe(map(here))),
      map(here),
    ),
  'inner Observables in turn': (hot, here) =>
    of(1, 2).pipe(
      concatMap((n) => defer(() => of(here(n))).pipe(mergeMap(() => hot.pipe(take(1))))),
      map(here),
    ),
  switchMap: (hot, here) => hot.pipe(switchMap((n) => of(n).pipe(map(here)))),
  exhaustMap: (hot, here) => hot.pipe(exhaustMap((n) => of(n).pipe(map(here)))),
  combineLatest: (hot, here) => combineLatest([hot, hot]).pipe(map(here)),
  zip: (hot, here) => zip(hot, hot.pipe(map(here))).pipe(map(here)),
  merge: (hot, here) => merge(hot, of(0)).pipe(map(here)),
  forkJoin: (hot, here) => forkJoin([hot.pipe(map(here))]).pipe(map(here)),
  withLatestFrom: (hot, here) => hot.pipe(withLatestFrom(hot.pipe(map(here))), map(here)),
  takeUntil: (hot, here) =>
    of(1).pipe(
      mergeMap(() => new Subject().pipe(takeUntil(hot))),
      finalize(() => here(undefined)),
    ),
  groupBy: (hot, here) =>
    hot.pipe(
      groupBy((n) => n % 2),
      mergeMap((group) => group.pipe(map(here))),
    ),
  bufferCount: (hot, here) => hot.pipe(bufferCount(1), map(here)),
  'the end of a source': (hot, here) => hot.pipe(toArray(), map(here)),
  'an operator of its own': (hot, here) =>
    new Observable<number>((subscriber) => {
      const subscription = hot.subscribe((n) => subscriber.next(n));
      return () => subscription.unsubscribe();
    }).pipe(map(here)),
  'shared by others too': (hot, here) => hot.pipe(share(), map(here)),
};

it.each(Object.keys(cases))(
  'rule 31: operators run in the request, wherever their values come from: %s',
  (name) => {
    const hot = new Subject<number>();
    const { stray, calls } = strayCalls(
      (here) => cases[name]?.(hot, here) ?? hot,
      () => {
        for (const n of [1, 2]) hot.next(n);
        hot.complete();
      },
    );
    expect(calls).toBeGreaterThan(0);
    expect(stray).toBe(0);
    expect(hot.observed).toBe(false);
  },
);

it('rule 31: what several requests share belongs to none of them', () => {
  const hot = new Subject<number>();
  const emitted: unknown[] = [];
  const shared = hot.pipe(
    tap(() => emitted.push(context.active())),
    share(),
  );
  const own: unknown[] = [];
  for (let request = 0; request < 2; request++) {
    strayCalls(
      (here) => shared.pipe(map(here)),
      () => undefined,
    );
  }
  inRequest(() => {
    own.push(context.active());
    hot.next(1);
  });
  expect(emitted).toEqual(own);
});

it('what the request itself emits, in whatever context, is passed on where it is', () => {
  inRequest(() => {
    const scope = context.active();
    const within = scope.setValue(Symbol('within'), true);
    const hot = new Subject<number>();
    let found: unknown;
    boundToRequest(hot.pipe(map((n) => n))).subscribe(() => (found = context.active()));
    context.with(within, () => hot.next(1));
    expect(found).toBe(within);
  });
});

it('rule 31: so is what the app keeps in an AsyncLocalStorage of the request', () => {
  const storage = new AsyncLocalStorage<string>();
  const hot = new Subject<number>();
  const found: unknown[] = [];
  storage.run('its own', () =>
    inRequest(() =>
      boundToRequest(hot.pipe(tap(() => found.push(storage.getStore())))).subscribe(),
    ),
  );
  storage.run('another', () => inRequest(() => hot.next(1)));
  expect(found).toEqual(['its own']);
});

it('outside of a request operators run where their values come from', () => {
  const hot = new Subject<number>();
  const found: unknown[] = [];
  boundToRequest(hot.pipe(tap(() => found.push(context.active())))).subscribe();
  const emitters = [1, 2].map(() => inRequest(() => (hot.next(1), context.active())));
  expect(found).toEqual(emitters);
});

it.each<[string, () => Observable<unknown>, unknown]>([
  ['a synchronous source that is left', () => from(endless()).pipe(take(2), toArray()), [1, 2]],
  ['retry', () => failing(2).pipe(retry(2)), 3],
  ['repeat', () => of(1).pipe(repeat(3), toArray()), [1, 1, 1]],
  ['shareReplay', () => of(1).pipe(shareReplay(1), delay(1)), 1],
  ['debounceTime', () => of(1, 2).pipe(debounceTime(1)), 2],
])('nothing else changes for who subscribes: %s', async (_, make, expected) => {
  expect(await inRequest(() => lastValueFrom(boundToRequest(make())))).toEqual(expected);
});

it('what is unsubscribed from is torn down once, source first', () => {
  const order: string[] = [];
  inRequest(() => {
    const source = new Observable<number>(() => () => order.push('source'));
    boundToRequest(
      source.pipe(
        finalize(() => order.push('first')),
        finalize(() => order.push('second')),
      ),
    )
      .subscribe()
      .unsubscribe();
  });
  expect(order).toEqual(['source', 'first', 'second']);
});

function* endless(): Generator<number> {
  for (let n = 1; ; n++) yield n;
}

/** Fails so many times before it answers. */
function failing(times: number): Observable<number> {
  let tries = 0;
  return defer(() => {
    if (++tries <= times) throw new Error(`try ${tries}`);
    return of(tries);
  });
}
