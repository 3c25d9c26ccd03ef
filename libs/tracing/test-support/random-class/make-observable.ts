import {
  catchError,
  concatMap,
  isObservable,
  mergeMap,
  Observable,
  of,
  retry,
  switchMap,
  take,
  throwError,
  type Subscriber,
} from 'rxjs';
import type { CallStep, MethodPlan } from './class-plan.js';
import { driveNow, driveSoon } from './drive.js';
import type { Instance } from './instance.js';
import type { Run } from './run.js';
import { invoke, work } from './work.js';

class SpecialObservable extends Observable<unknown> {
  special(): string {
    return 'special';
  }
}

/** An Observable, each of whose subscriptions is a run. */
export function makeObservable(body: Run, method: MethodPlan, self: Instance): unknown {
  const { call } = body;
  const { variant } = method;
  const piped = variant === 'piped' ? callInBody(body, method, self) : undefined;
  const Class = variant === 'bare' ? SpecialObservable : Observable;
  const observable = new Class((subscriber) => {
    const run = call.begin(variant === 'plain' ? 'sync' : 'async');
    run.note('subscribed');
    if (variant === 'plain') feedNow(run, self, subscriber);
    else if (piped !== undefined) feedPiped(run, piped, subscriber);
    else void feedSoon(run, self, subscriber);
    return () => {
      run.outcome ??= 'left';
      call.world.log(call.strand, `${run.id} unsubscribed`);
    };
  });
  if (variant === 'fixed') Object.assign(observable, { connect: () => 'connected' });
  return variant === 'frozen' ? Object.freeze(observable) : observable;
}

function feedNow(run: Run, self: Instance, subscriber: Subscriber<unknown>): void {
  try {
    driveNow(run, work(run, self, run.plan.work), feed(subscriber));
  } catch (error) {
    end(run, subscriber, () => run.fail(error));
    return;
  }
  end(run, subscriber, () => run.end());
}

async function feedSoon(run: Run, self: Instance, subscriber: Subscriber<unknown>): Promise<void> {
  try {
    await driveSoon(run, work(run, self, run.plan.work), feed(subscriber));
  } catch (error) {
    end(run, subscriber, () => run.fail(error));
    return;
  }
  if (run.plan.variant !== 'never') end(run, subscriber, () => run.end());
  else if (run.isFailing) end(run, subscriber, () => run.end());
  else subscriber.next('and no end');
}

function feed(subscriber: Subscriber<unknown>): (item: string) => boolean {
  return (item) => {
    subscriber.next(item);
    return !subscriber.closed;
  };
}

function end(run: Run, subscriber: Subscriber<unknown>, ending: () => unknown): void {
  if (subscriber.closed) return;
  try {
    subscriber.next(`${run.id} last`);
    if (subscriber.closed) return;
    ending();
  } catch (error) {
    subscriber.error(error);
    return;
  }
  subscriber.complete();
}

/** Calls another method in the body, whose Observable only the subscription will subscribe to. */
function callInBody(
  body: Run,
  { work, passes }: MethodPlan,
  self: Instance,
): { source: Observable<unknown>; step: CallStep } | undefined {
  const step = passes ?? work.find((step) => step.do === 'call');
  if (step === undefined) return undefined;
  const { result } = invoke(body, self, step, true);
  return { source: isObservable(result) ? result : of('no Observable'), step };
}

function feedPiped(
  run: Run,
  { source, step }: { source: Observable<unknown>; step: CallStep },
  subscriber: Subscriber<unknown>,
): void {
  const flatten = [concatMap, switchMap, mergeMap][step.manner % 3] ?? concatMap;
  const inOperator = flatten((value: unknown) => {
    run.note(`operator ${run.call.world.show(value)}`);
    return run.isFailing ? throwError(() => run.call.world.error(run)) : of(value);
  });
  const piped = source.pipe(take(1), inOperator);
  const tried = step.guard === 'swallow' ? piped.pipe(retry(1)) : piped;
  const caught = catchError((error: unknown) => {
    run.note(`caught ${run.call.world.show(error)}`);
    return step.guard === 'rethrow' ? of('instead') : throwError(() => error);
  });
  tried.pipe(caught).subscribe({
    next: (value) => subscriber.next(value),
    error: (error) => {
      run.outcome ??= { error };
      subscriber.error(error);
    },
    complete: () => {
      run.finish(undefined);
      subscriber.complete();
    },
  });
}
