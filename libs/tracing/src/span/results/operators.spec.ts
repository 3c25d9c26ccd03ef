import { context, createContextKey, trace } from '@opentelemetry/api';
import {
  BehaviorSubject,
  catchError,
  combineLatest,
  concat,
  connectable,
  defer,
  delay,
  EMPTY,
  filter,
  finalize,
  firstValueFrom,
  from,
  interval,
  lastValueFrom,
  map,
  mergeMap,
  NEVER,
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
  throwError,
  timeout,
  timer,
  toArray,
  type Subscription,
} from 'rxjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpanRecorder } from '../../../test-support/span-recorder.js';

let recorder: SpanRecorder;
beforeEach(() => {
  recorder = new SpanRecorder();
});
afterEach(() => recorder.dispose());

const log = (message: string): unknown => trace.getActiveSpan()?.addEvent(message);

/** As a traced method of the name, called in another. */
function below<T>(name: string, body: () => T): T {
  return recorder.run(name, body);
}

it('rules 2, 3: retry: a span a try, with the same parent', async () => {
  let tries = 0;
  const value = await below('caller', () =>
    firstValueFrom(
      below('try', () =>
        defer(() => {
          log(`try ${++tries}`);
          return tries < 3 ? throwError(() => new Error(`no ${tries}`)) : of('done');
        }),
      ).pipe(retry(2)),
    ),
  );
  expect(value).toBe('done');
  expect(recorder.tree()).toMatchInlineSnapshot(`
    "
    caller
      try ERROR: no 1
        · try 1
        · exception
      try ERROR: no 2
        · try 2
        · exception
      try
        · try 3
    "
  `);
});

it('rules 2, 3: a retry inside of the method is one span, and a retried error is not recorded', async () => {
  let tries = 0;
  const source = below('a', () =>
    defer(() => (++tries < 3 ? throwError(() => new Error('no')) : of(tries))).pipe(retry(2)),
  );
  expect(await lastValueFrom(source)).toBe(3);
  expect(recorder.tree()).toBe('\na\n');
});

it('rule 2: repeat: a span a round', async () => {
  const source = below('caller', () => ({
    value: below('round', () => of(1).pipe(delay(1))),
  })).value;
  expect(await lastValueFrom(source.pipe(repeat(3), toArray()))).toEqual([1, 1, 1]);
  expect(recorder.tree()).toBe('\ncaller\n  round\n  round\n  round\n');
});

it('rule 2: shareReplay around: one span, however many subscribe', async () => {
  let made = 0;
  const shared = below('a', () => defer(() => of(++made).pipe(delay(1)))).pipe(shareReplay(1));
  expect(await Promise.all([lastValueFrom(shared), lastValueFrom(shared)])).toEqual([1, 1]);
  expect(await lastValueFrom(shared)).toBe(1);
  expect(recorder.tree()).toBe('\na\n');
});

it('rule 2: shareReplay inside: a span a subscription, and the work in the first', async () => {
  const source = below('a', () =>
    defer(() => {
      log('working');
      return of(1).pipe(delay(1));
    }).pipe(shareReplay(1)),
  );
  expect(await Promise.all([lastValueFrom(source), lastValueFrom(source)])).toEqual([1, 1]);
  expect(recorder.tree()).toBe('\na\n  · working\na\n');
});

it('rule 2: share and connectable around: one span, while there are subscribers', async () => {
  const shared = below('shared', () => interval(1)).pipe(share());
  const long = lastValueFrom(shared.pipe(take(3)));
  expect(await firstValueFrom(shared)).toBe(0);
  expect(recorder.spans).toEqual([]);
  expect(await long).toBe(2);
  const connected = connectable(below('connected', () => of(1)));
  const value = firstValueFrom(connected);
  connected.connect();
  expect(await value).toBe(1);
  expect(recorder.tree()).toBe('\nconnected\nshared\n');
});

it('rule 2: switchMap: the span of an abandoned Observable ends without an error', async () => {
  const clicks = new Subject<string>();
  const ended: string[] = [];
  const all = lastValueFrom(
    clicks.pipe(
      switchMap((name) =>
        below(name, () =>
          (name === 'last' ? of(name) : NEVER).pipe(finalize(() => ended.push(name))),
        ),
      ),
    ),
  );
  for (const name of ['first', 'second', 'last']) clicks.next(name);
  clicks.complete();
  expect(await all).toBe('last');
  expect(ended).toEqual(['first', 'second', 'last']);
  expect(recorder.tree()).toBe('\nfirst\nlast\nsecond\n');
});

it('rule 2: what inner Observables of an operator log is on their own spans', async () => {
  const source = below('outer', () =>
    from([1, 2]).pipe(
      mergeMap((n) =>
        below(`inner ${n}`, () =>
          of(n).pipe(
            delay(1),
            tap(() => log(`inside ${n}`)),
          ),
        ),
      ),
      tap((n) => log(`outside ${n}`)),
    ),
  );
  expect(await lastValueFrom(source.pipe(toArray()))).toEqual([1, 2]);
  expect(recorder.tree()).toMatchInlineSnapshot(`
    "
    outer
      · outside 1
      · outside 2
      inner 1
        · inside 1
      inner 2
        · inside 2
    "
  `);
});

it('rule 2: a cold source that is asked twice at the same time works twice', async () => {
  let started = 0;
  const cold = below(
    'cold',
    () =>
      new Observable<number>((subscriber) => {
        const timer = setTimeout(() => {
          log(`timer ${number}`);
          subscriber.next(number);
          subscriber.complete();
        }, 1);
        const number = ++started;
        return () => clearTimeout(timer);
      }),
  );
  expect(await lastValueFrom(combineLatest([cold, cold]))).toEqual([1, 2]);
  expect(recorder.tree()).toBe('\ncold\n  · timer 1\ncold\n  · timer 2\n');
});

it('rule 2: a hot source: its values arrive, and the span lasts as long as the subscription', () => {
  const temperature = new BehaviorSubject(20);
  const seen: number[] = [];
  const subscription = below('hot', () => temperature.asObservable()).subscribe((value) => {
    seen.push(value);
  });
  below('somebody else', () => temperature.next(21));
  expect(recorder.tree()).toBe('\nsomebody else\n');
  subscription.unsubscribe();
  temperature.next(22);
  expect([seen, temperature.observed]).toEqual([[20, 21], false]);
  expect(recorder.tree()).toBe('\nhot\nsomebody else\n');
});

it('rule 2: what a Subject is piped through is an Observable like any other', () => {
  const source = new Subject<number>();
  const seen: number[] = [];
  const subscription = below('piped', () => source.pipe(map((n) => n * 2))).subscribe((n) => {
    seen.push(n);
  });
  source.next(1);
  expect([seen, recorder.spans]).toEqual([[2], []]);
  subscription.unsubscribe();
  expect(recorder.tree()).toBe('\npiped\n');
});

it('rule 2: what is downstream of a hot source runs where it would run untraced', () => {
  const source = new Subject<number>();
  const listen = (hot: Observable<number>, name: string): Subscription =>
    hot.subscribe((n) => below(`${name} took ${n}`, () => undefined));
  const subscriptions = [
    listen(source.asObservable(), 'untraced'),
    ...below('subscriber', () => [
      listen(
        below('as it is', () => source.asObservable()),
        'as it is',
      ),
      listen(
        below('piped', () => source.pipe(map((n) => n))),
        'piped',
      ),
    ]),
  ];
  below('emitter', () => source.next(1));
  for (const subscription of subscriptions) subscription.unsubscribe();
  expect(recorder.tree()).toMatchInlineSnapshot(`
    "
    emitter
      as it is took 1
      piped took 1
      untraced took 1
    subscriber
      as it is
      piped
    "
  `);
});

it('rule 2: so it is when the values of a hot source are delayed', async () => {
  const source = new Subject<number>();
  const taken = firstValueFrom(
    below('hot', () => source.pipe(delay(1))).pipe(tap(() => below('taken', () => undefined))),
  );
  below('emitter', () => source.next(1));
  await taken;
  expect(recorder.tree()).toBe('\nemitter\n  taken\nhot\n');
});

it('rules 2, 12: values that the source itself emits are delivered in the context of the subscriber', async () => {
  await below('subscriber', () =>
    lastValueFrom(
      below('cold', () => concat(of(1), timer(1))).pipe(tap((n) => below(`took ${n}`, () => n))),
    ),
  );
  expect(recorder.tree()).toBe('\nsubscriber\n  cold\n  took 0\n  took 1\n');
});

it('rule 2: what was put on top of the span of the source, as baggage, reaches the subscriber', () => {
  const key = createContextKey('on top');
  let found: unknown;
  below('subscriber', () => {
    const source = new Observable<number>((subscriber) => {
      context.with(context.active().setValue(key, 'here'), () => subscriber.next(1));
    });
    below('source', () => source).subscribe((n) => {
      found = context.active().getValue(key);
      below(`took ${n}`, () => undefined);
    });
  });
  expect(found).toBe('here');
  expect(recorder.tree()).toBe('\nsubscriber\n  took 1\n');
});

it('rule 2: a @Saga() that is traced runs what it sets off below the handler of the event', async () => {
  const events = new Subject<string>();
  const done: Promise<unknown>[] = [];
  const run = (saga: Observable<string>): Subscription =>
    saga
      .pipe(mergeMap((command) => defer(() => below(command, () => Promise.resolve()))))
      .subscribe();
  const shipOrders = (): Observable<string> =>
    events.pipe(
      filter((event) => event === 'placed'),
      map(() => 'ShipHandler.execute'),
    );
  const sagas = [run(shipOrders()), run(below('Sagas.shipOrders', shipOrders))];
  done.push(
    below('PlaceHandler.execute', async () => {
      await Promise.resolve();
      events.next('placed');
    }),
  );
  await Promise.all(done);
  await Promise.resolve();
  for (const saga of sagas) saga.unsubscribe();
  expect(recorder.tree()).toMatchInlineSnapshot(`
    "
    PlaceHandler.execute
      ShipHandler.execute
      ShipHandler.execute
    Sagas.shipOrders
    "
  `);
});

it('rule 2: a source that never ends ends with its subscriber', async () => {
  const stop = new Subject<void>();
  const stopped = lastValueFrom(below('stopped', () => NEVER).pipe(takeUntil(stop)), {
    defaultValue: 'nothing',
  });
  expect(recorder.spans).toEqual([]);
  stop.next();
  expect(await stopped).toBe('nothing');
  const late = below('late', () => NEVER).pipe(
    timeout(1),
    catchError(() => of('too late')),
  );
  expect(await lastValueFrom(late)).toBe('too late');
  expect(recorder.tree()).toBe('\nlate\nstopped\n');
});

it('rule 2: an empty source, and one that ends while it is subscribed to', async () => {
  expect(
    await lastValueFrom(
      below('empty', () => EMPTY),
      { defaultValue: 7 },
    ),
  ).toBe(7);
  const both = concat(
    below('one', () => of(1)),
    below('two', () => of(2)),
  );
  expect(await lastValueFrom(both.pipe(toArray()))).toEqual([1, 2]);
  expect(recorder.tree()).toBe('\nempty\none\ntwo\n');
});

it('rule 2: teardown runs once, inside of the span, whatever ends the subscription', () => {
  const torn: string[] = [];
  const source = (name: string): Observable<number> =>
    below(
      name,
      () =>
        new Observable<number>((subscriber) => {
          subscriber.next(1);
          return () => {
            torn.push(name);
            log('torn down');
          };
        }),
    );
  source('left').subscribe().unsubscribe();
  source('had enough').pipe(take(1)).subscribe();
  expect(torn).toEqual(['left', 'had enough']);
  expect(recorder.tree()).toBe('\nhad enough\n  · torn down\nleft\n  · torn down\n');
});

it('rule 3: an error of an operator behind the method is not that of the method', async () => {
  const broken = below('a', () => of(1, 2)).pipe(
    map((n) => {
      if (n === 1) throw new Error('downstream');
      return n;
    }),
  );
  await expect(lastValueFrom(broken)).rejects.toThrow('downstream');
  expect(recorder.tree()).toBe('\na\n');
});

it('what hangs on an Observable stays there: a connectable one can be connected', async () => {
  const source = below('a', () => connectable(of(1, 2)));
  const values = lastValueFrom(source.pipe(toArray()));
  expect(recorder.spans).toEqual([]);
  source.connect();
  expect(await values).toEqual([1, 2]);
  expect(recorder.tree()).toBe('\na\n');
});

it('a subclass of Observable keeps working', async () => {
  class Doubled extends Observable<number> {
    constructor() {
      super((subscriber) => {
        subscriber.next(2);
        subscriber.complete();
      });
    }
  }
  expect(await lastValueFrom(below('a', () => new Doubled()))).toBe(2);
  expect(recorder.tree()).toBe('\na\n');
});
