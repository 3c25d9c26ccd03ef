import { BehaviorSubject, Subject } from 'rxjs';
import { driveNow, driveSoon } from './drive.js';
import type { Instance } from './instance.js';
import { makeAsyncGenerator, makeGenerator, makeIterable, makeReadable } from './make-iterator.js';
import { makeObservable } from './make-observable.js';
import { makeSpecialPromise, makeThenable } from './make-thenable.js';
import type { Run } from './run.js';
import { invoke, work } from './work.js';
import type { MethodPlan } from './class-plan.js';

/** Runs the body of a method to what it returns. */
export function makeResult(run: Run, method: MethodPlan, self: Instance): unknown {
  driveNow(run, work(run, self, method.eager));
  const { call } = run;
  switch (method.shape) {
    case 'value':
      return endNow(run, self);
    case 'promise':
      return makePromise(run, method, self);
    case 'special promise':
      return makeSpecialPromise(call, endSoon(run, self));
    case 'thenable':
      return makeThenable(call, method, () => endSoon(call.begin('async'), self));
    case 'observable':
      return makeObservable(run, method, self);
    case 'generator':
      return makeGenerator(call, method, self);
    case 'async generator':
      return makeAsyncGenerator(call, method, self);
    case 'iterable':
      return makeIterable(call, method, self);
    case 'readable':
      return makeReadable(run, method);
    case 'subject':
      return makeSubject(run, method);
    case 'pass on':
      return passOn(run, method, self);
  }
}

function endNow(run: Run, self: Instance): unknown {
  driveNow(run, work(run, self, run.plan.work));
  return run.end();
}

function makePromise(run: Run, { variant }: MethodPlan, self: Instance): unknown {
  const promise = endSoon(run, self);
  return variant === 'fixed' ? Object.assign(promise, { child: 'process' }) : promise;
}

/** The work of a promise begins in the body, as that of an async function does. */
async function endSoon(run: Run, self: Instance): Promise<unknown> {
  try {
    await driveSoon(run, work(run, self, run.plan.work));
  } catch (error) {
    run.fail(error);
  }
  return run.endAwaited();
}

function makeSubject(run: Run, { variant }: MethodPlan): unknown {
  const subject = variant === 'lazy' ? new Subject() : new BehaviorSubject('first');
  return run.call.world.label(run.finish(subject), `subject ${run.id}`);
}

function passOn(run: Run, method: MethodPlan, self: Instance): unknown {
  if (method.passes === undefined) throw new Error('nothing to pass on');
  const { result, call } = invoke(run, self, method.passes, false);
  run.call.passed = call;
  return result;
}
