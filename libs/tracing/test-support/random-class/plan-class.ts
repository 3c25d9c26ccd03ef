import {
  shapes,
  variants,
  type CallStep,
  type ClassPlan,
  type Guard,
  type IsError,
  type MethodPlan,
  type Step,
  type TraceOptions,
} from './class-plan.js';
import { errorKinds } from './error-kinds.js';
import type { Random } from './random.js';
import { valueKinds } from './value-kinds.js';

const kinds = [undefined, 0, 1, 2] as const;
const isErrors: readonly IsError[] = ['always', 'never', 'if Error', 'throws'];
const guards: readonly Guard[] = ['none', 'none', 'swallow', 'rethrow', 'wrap'];

/**
 * Plans a class and a program that uses it. A method calls only methods of a higher index, so that
 * every program ends: they are planned from the last to the first.
 */
export function planClass(random: Random): ClassPlan {
  const count = 2 + random.below(5);
  const methods: MethodPlan[] = [];
  for (let index = count - 1; index >= 0; index--)
    methods[index] = planMethod(index, methods, random);
  return {
    methods,
    base: random.chance(0.4) ? planOptions(random, false) : undefined,
    derived: random.chance(0.5) ? planOptions(random, false) : undefined,
    program: [0, 1, ...random.list(2, () => 2)].map(() =>
      callOf(callableFrom(methods, 'derived'), random, undefined),
    ),
  };
}

function planMethod(index: number, methods: MethodPlan[], random: Random): MethodPlan {
  // Only the next one, which no other method has been planned to call yet.
  const next = methods[index + 1];
  const overridden = next?.place === 'base' && random.chance(0.5) ? next : undefined;
  const place = overridden ? 'derived' : random.pick(['base', 'derived', 'static'] as const);
  const callable = callableFrom(methods, place).filter((method) => method !== overridden);
  const call = (): CallStep => callOf(callable, random, overridden);
  const canCall = callable.length > 0 || overridden !== undefined;
  const steps = (limit: number): Step[] =>
    random.list(limit, () => planStep(random, canCall, call));
  const shape = random.pick(canCall ? shapes : shapes.filter((shape) => shape !== 'pass on'));
  const error = random.chance(0.3) ? random.pick(errorKinds) : undefined;
  return {
    index,
    key: overridden?.key ?? planKey(index, random),
    place,
    overrides: overridden?.index,
    parameters: random.below(6),
    options: random.chance(0.5) ? planOptions(random, true) : undefined,
    isUntraced: random.chance(0.15),
    attribute: random.pick(['none', 'as it is', 'mapped', 'throwing']),
    marks: random.pick([[], ['below'], ['above'], ['below', 'above']]),
    shape,
    variant: random.pick(variants),
    eager: random.chance(0.4) ? steps(2) : [],
    work: steps(4),
    value: random.pick(valueKinds),
    error,
    failures: random.pick([1, Infinity]),
    passes: shape === 'pass on' ? call() : undefined,
  };
}

function planKey(index: number, random: Random): string | symbol {
  if (random.chance(0.2)) return Symbol(`symbol${index}`);
  return index === 3 && random.chance(0.3) ? 'onModuleInit' : `method${index}`;
}

function planStep(random: Random, canCall: boolean, call: () => CallStep): Step {
  const todo = random.pick(['effect', 'event', 'pause', 'yield', 'call', 'call', 'all'] as const);
  if (todo !== 'call' && todo !== 'all') return { do: todo };
  if (!canCall) return { do: 'effect' };
  return todo === 'all' ? { do: 'all', calls: [call(), call()] } : call();
}

function callOf(
  callable: readonly MethodPlan[],
  random: Random,
  overridden: MethodPlan | undefined,
): CallStep {
  const isSuper = overridden !== undefined && (callable.length === 0 || random.chance(0.4));
  return {
    do: 'call',
    method: isSuper ? overridden.index : random.pick(callable).index,
    isSuper,
    args: random.list(4, () => random.pick(valueKinds)),
    manner: random.below(11),
    guard: random.pick(guards),
  };
}

/** A static method calls static ones only; nobody calls an overridden one but by `super`. */
function callableFrom(methods: readonly MethodPlan[], place: MethodPlan['place']): MethodPlan[] {
  return methods.filter(
    ({ index, place: other }) =>
      (place !== 'static' || other === 'static') && !methods.some((one) => one.overrides === index),
  );
}

function planOptions(random: Random, isNamed: boolean): TraceOptions {
  const maybe = <T>(value: T): T | undefined => (random.chance(0.2) ? value : undefined);
  return {
    name: isNamed ? maybe('given name') : undefined,
    kind: random.pick(kinds),
    attributes: maybe({ mine: 'yes' }),
    root: maybe(true),
    isLinked: random.chance(0.1),
    isError: random.chance(0.3) ? random.pick(isErrors) : 'by rule',
  };
}
