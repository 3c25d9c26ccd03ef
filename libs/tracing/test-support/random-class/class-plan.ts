import type { ErrorKind } from './error-kinds.js';
import type { ValueKind } from './value-kinds.js';

/** How a method hands its result on. `pass on` returns what another method returned, untouched. */
export const shapes = [
  'value',
  'promise',
  'special promise',
  'thenable',
  'observable',
  'generator',
  'async generator',
  'iterable',
  'readable',
  'subject',
  'pass on',
] as const;
export type Shape = (typeof shapes)[number];

/** Variants of a shape: each shape reads those that mean something to it. */
export const variants = ['plain', 'lazy', 'never', 'piped', 'frozen', 'fixed', 'bare'] as const;
type Variant = (typeof variants)[number];

/** What the caller does with an error of a call. */
export type Guard = 'none' | 'swallow' | 'rethrow' | 'wrap';

export interface CallStep {
  readonly do: 'call';
  /** Index of the method that answers, in `ClassPlan.methods`. */
  readonly method: number;
  readonly isSuper: boolean;
  readonly args: readonly ValueKind[];
  /** How the result is used; what the numbers mean depends on the result. */
  readonly manner: number;
  readonly guard: Guard;
}

interface AllStep {
  readonly do: 'all';
  readonly calls: readonly CallStep[];
}

export type Step = { readonly do: 'effect' | 'event' | 'pause' | 'yield' } | AllStep | CallStep;

export type IsError = 'by rule' | 'always' | 'never' | 'if Error' | 'throws';

export interface TraceOptions {
  readonly name: string | undefined;
  readonly kind: number | undefined;
  readonly attributes: Record<string, string> | undefined;
  readonly root: boolean | undefined;
  readonly isLinked: boolean;
  readonly isError: IsError;
}

export interface MethodPlan {
  readonly index: number;
  readonly key: string | symbol;
  readonly place: 'base' | 'derived' | 'static';
  /** Index of the method of the base class that this one overrides. */
  readonly overrides: number | undefined;
  readonly parameters: number;
  /** What stands on the method itself. */
  readonly options: TraceOptions | undefined;
  readonly isUntraced: boolean;
  /** How `@SpanAttribute` stands on the first parameter. */
  readonly attribute: 'none' | 'as it is' | 'mapped' | 'throwing';
  /** Whether other decorators run before ours, after it, or both. */
  readonly marks: readonly ('below' | 'above')[];
  readonly shape: Shape;
  readonly variant: Variant;
  /** What the body does before it returns. */
  readonly eager: readonly Step[];
  /** What the result does, when it is its turn. */
  readonly work: readonly Step[];
  readonly value: ValueKind;
  readonly error: ErrorKind | undefined;
  /** The runs of a result that fail; the later ones get through. */
  readonly failures: number;
  readonly passes: CallStep | undefined;
}

export interface ClassPlan {
  readonly methods: readonly MethodPlan[];
  /** What stands on the classes. */
  readonly base: TraceOptions | undefined;
  readonly derived: TraceOptions | undefined;
  readonly program: readonly Step[];
}

/** The options by which a method is traced; undefined where it is not (rules 1 and 6). */
export function tracingOf(plan: ClassPlan, method: MethodPlan): TraceOptions | undefined {
  if (method.options !== undefined) return method.options;
  if (method.place === 'static' || method.isUntraced || method.key === 'onModuleInit')
    return undefined;
  return method.place === 'base' ? plan.base : plan.derived;
}

/** The method that makes the result: itself, or the one whose result it passes on. */
export function makerOf(plan: ClassPlan, method: MethodPlan): MethodPlan {
  return method.passes === undefined
    ? method
    : makerOf(plan, plan.methods[method.passes.method] as MethodPlan);
}
