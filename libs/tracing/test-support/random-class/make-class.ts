import type { ClassPlan, MethodPlan } from './class-plan.js';
import { decorateClass, decorateMethod } from './decorate.js';
import type { Instance } from './instance.js';
import { makeResult } from './make-result.js';
import { methodShell } from './method-shells.js';
import type { World } from './world.js';

type Methods = Record<string | symbol, (...args: unknown[]) => unknown>;

export interface MadeClass {
  readonly Base: Function;
  readonly Derived: new () => object;
  readonly self: Instance;
}

/** Makes the classes of a plan, with or without our decorators, for use in one world. */
export function makeClass(plan: ClassPlan, world: World, isTraced: boolean): MadeClass {
  class Base {
    private counted = 0;

    get size(): number {
      return this.counted;
    }

    set size(counted: number) {
      this.counted = counted;
    }
  }
  class Derived extends Base {}

  const define = (method: MethodPlan): void => {
    const home = homeOf(method, Base, Derived);
    const descriptor = methodShell(method.key, method.parameters, home, (self, args, callSuper) => {
      const call = world.enter(method);
      const run = call.begin(method.shape.includes('promise') ? 'async' : 'sync');
      try {
        run.note(`as ${world.show(self)} of ${args.map((arg) => world.show(arg)).join()}`);
        const result = makeResult(run, method, instance(self, callSuper, Derived));
        run.hasReturned = true;
        return result;
      } catch (error) {
        return run.fail(error);
      } finally {
        world.leave(call);
      }
    });
    decorateMethod(home, method, descriptor, isTraced);
  };
  // The base class first, as it is in a program.
  for (const method of plan.methods) if (method.place !== 'derived') define(method);
  if (isTraced && plan.base) decorateClass(Base, plan.base);
  for (const method of plan.methods) if (method.place === 'derived') define(method);
  if (isTraced && plan.derived) decorateClass(Derived, plan.derived);

  const self = world.label(new Derived(), 'the instance');
  world.label(Derived, 'the class');
  return { Base, Derived, self: instance(self, refuse, Derived) };
}

export function homeOf({ place, index }: MethodPlan, Base: Function, Derived: Function): object {
  if (place === 'static') return index % 2 === 0 ? Base : Derived;
  return (place === 'base' ? Base : Derived).prototype as object;
}

/** The name of the class that declares a method. */
export function homeName({ place, index }: MethodPlan): string {
  return place === 'derived' || (place === 'static' && index % 2 === 1) ? 'Derived' : 'Base';
}

function instance(
  self: unknown,
  callSuper: (args: unknown[]) => unknown,
  Derived: Function,
): Instance {
  return {
    count: (isAlone) => {
      if (!isAlone || typeof self !== 'object') return 'nothing';
      const counter = self as { size: number };
      counter.size++;
      return String(counter.size);
    },
    call: ({ key, place }, args) =>
      ((place === 'static' ? Derived : self) as Methods)[key]?.(...args),
    callSuper,
  };
}

function refuse(): never {
  throw new Error('the program has no super');
}
