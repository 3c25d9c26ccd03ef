import {
  tracingOf,
  type CallStep,
  type ClassPlan,
  type MethodPlan,
  type Step,
} from './class-plan.js';

/** A plan as a reader wants it: a class with its methods, and the program that uses it. */
export function describePlan(plan: ClassPlan): string {
  return [
    ...plan.methods.map((method) => describeMethod(plan, method)),
    `program:\n${lines(plan, plan.program)}`,
  ].join('\n');
}

function describeMethod(plan: ClassPlan, method: MethodPlan): string {
  const { place, shape, variant, error, failures, passes } = method;
  const options = tracingOf(plan, method);
  const overrides = method.overrides === undefined ? '' : ` overrides #${method.overrides}`;
  const head = `#${method.index} ${place} ${String(method.key)}${overrides}: ${variant} ${shape}`;
  const traced = options === undefined ? 'not traced' : `traced ${JSON.stringify(options)}`;
  const ending =
    error === undefined ? `ends with ${method.value}` : `throws ${error} (${failures} more times)`;
  return [
    `${head}, ${traced}`,
    `  attribute ${method.attribute}, parameters ${method.parameters}`,
    ...(method.eager.length > 0 ? [`  body:\n${lines(plan, method.eager)}`] : []),
    ...(passes === undefined
      ? [`  work, ${ending}:\n${lines(plan, method.work)}`]
      : [`  passes on ${describeCall(plan, passes)}`]),
  ].join('\n');
}

function lines(plan: ClassPlan, steps: readonly Step[]): string {
  return steps.map((step) => `    ${describeStep(plan, step)}`).join('\n');
}

function describeStep(plan: ClassPlan, step: Step): string {
  if (step.do === 'call') return describeCall(plan, step);
  if (step.do !== 'all') return step.do;
  return `all of ${step.calls.map((call) => describeCall(plan, call)).join(' and ')}`;
}

function describeCall({ methods }: ClassPlan, step: CallStep): string {
  const { method, isSuper, args, manner, guard } = step;
  const target = `${isSuper ? 'super.' : ''}${String(methods[method]?.key)}`;
  return `${target}(${args.join(', ')}) used in manner ${manner}, errors: ${guard}`;
}
