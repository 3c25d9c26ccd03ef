import 'reflect-metadata';
import type { ClassPlan } from './class-plan.js';
import { homeOf, type MadeClass } from './make-class.js';

/** What Nest and others see of the methods of a class without calling them (rule 5). */
export function membersOf(plan: ClassPlan, { Base, Derived }: MadeClass): unknown[] {
  return plan.methods.map((method) => {
    const home = homeOf(method, Base, Derived);
    const { key } = method;
    const { value, ...flags } = Object.getOwnPropertyDescriptor(home, key) ?? {};
    const made = value as Function;
    return {
      name: made.name,
      length: made.length,
      flags,
      own: Object.entries(made),
      ofFunction: metadata(made),
      ofKey: metadata(home, key),
    };
  });
}

function metadata(target: object, key?: string | symbol): unknown[] {
  return (Reflect.getMetadataKeys(target, key as string) as (string | symbol)[])
    .filter((name) => typeof name === 'string') // those of the library are symbols
    .map((name) => [name, Reflect.getMetadata(name, target, key as string) as unknown]);
}
