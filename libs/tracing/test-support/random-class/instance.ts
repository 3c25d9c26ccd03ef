import type { MethodPlan } from './class-plan.js';

/** What a body knows of the object that it runs on. */
export interface Instance {
  /** Changes the state, unless several strands would race for it. */
  count(isAlone: boolean): string;
  call(method: MethodPlan, args: unknown[]): unknown;
  callSuper(args: unknown[]): unknown;
}
