import { trace } from '@opentelemetry/api';
import { makerOf, type CallStep, type MethodPlan, type Step } from './class-plan.js';
import type { Instance } from './instance.js';
import type { Call, Run } from './run.js';
import { ways } from './ways.js';

/** A result to be used, and how. */
export interface Use {
  readonly result: unknown;
  readonly call: Call | undefined;
  readonly manner: number;
}

/** What a piece of work cannot do by itself: whether it can wait is for its driver to say. */
export type Demand =
  | { readonly want: 'use'; readonly use: Use }
  | { readonly want: 'all'; readonly uses: readonly Use[] }
  | { readonly want: 'pause' }
  | { readonly want: 'yield'; readonly item: string };

export type Work = Generator<Demand, void, unknown>;

/** Does the steps of a body or a result, one after the other. */
export function* work(run: Run, self: Instance, steps: readonly Step[]): Work {
  for (const [index, step] of steps.entries()) {
    switch (step.do) {
      case 'effect':
        run.note(`counts ${self.count(run.call.strand === 'main')}`);
        break;
      case 'event':
        run.isSilent = false;
        trace.getActiveSpan()?.addEvent(`event ${run.id}`);
        break;
      case 'pause':
        yield { want: 'pause' };
        run.note('goes on');
        break;
      case 'yield': {
        const sent = yield { want: 'yield', item: `${run.id} item ${index}` };
        run.note(`was sent ${run.call.world.show(sent)}`);
        break;
      }
      case 'all':
        yield { want: 'all', uses: step.calls.map((call) => invoke(run, self, call, true)) };
        break;
      case 'call':
        yield* guarded(run, self, step);
    }
  }
}

function* guarded(run: Run, self: Instance, step: CallStep): Work {
  try {
    yield { want: 'use', use: invoke(run, self, step, false) };
  } catch (error) {
    const { world } = run.call;
    run.note(`caught ${world.show(error)}`);
    if (step.guard === 'swallow') return;
    if (step.guard === 'wrap')
      throw world.label(new Error(`wraps ${run.id}`, { cause: error }), `wrapper ${run.id}`);
    throw error;
  }
}

/** Makes the call of a step; what goes on beside its caller has a strand of its own. */
export function invoke(run: Run, self: Instance, step: CallStep, isBeside: boolean): Use {
  const { world } = run.call;
  const method = world.plan.methods[step.method] as MethodPlan;
  const isStray = isBeside || isLeft(makerOf(world.plan, method), run, step);
  const used = world.invoke(
    run,
    step,
    method,
    (args) => (step.isSuper ? self.callSuper(args) : self.call(method, args)),
    isStray ? 'beside' : undefined,
  );
  run.note(`got ${world.show(used.result)}`);
  return { ...used, manner: step.manner };
}

/** Whether a result may go on while its caller does: the caller cannot wait, or does not. */
function isLeft({ shape, variant }: MethodPlan, run: Run, { manner }: CallStep): boolean {
  if (shape === 'value' || shape === 'generator' || shape === 'subject') return false;
  if (shape === 'observable' && variant === 'plain') return false;
  return run.style === 'sync' || manner < ways.patient;
}
