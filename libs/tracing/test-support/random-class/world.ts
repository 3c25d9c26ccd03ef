import { makeError } from './error-kinds.js';
import type { CallStep, ClassPlan, MethodPlan } from './class-plan.js';
import { makeValue, type ValueKind } from './value-kinds.js';
import { Call, type Run } from './run.js';

/** All that happens while a program uses one class, and the names of the objects it makes. */
export class World {
  readonly calls: Call[] = [];
  readonly unhandled: string[] = [];
  /** Asynchronous work under way. */
  working = 0;
  private readonly strands = new Map<string, string[]>();
  private readonly labels = new WeakMap<object, string>();
  private handedOver: { caller: Run; given: unknown[]; strand: string } | undefined;
  private lastCall: Call | undefined;

  constructor(
    readonly plan: ClassPlan,
    private readonly isEnded: (call: Call) => boolean = () => false,
  ) {}

  log(strand: string, text: string): void {
    const lines = this.strands.get(strand);
    if (lines === undefined) this.strands.set(strand, [text]);
    else lines.push(text);
  }

  get story(): string[] {
    return [...this.strands]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([strand, lines]) => lines.map((line) => `${strand}: ${line}`))
      .concat(this.unhandled.toSorted().map((line) => `unhandled: ${line}`));
  }

  label<T>(value: T, label: string): T {
    if ((typeof value === 'object' || typeof value === 'function') && value !== null)
      this.labels.set(value, label);
    return value;
  }

  value(kind: ValueKind, label: string): unknown {
    return this.label(makeValue(kind, label), `${kind} ${label}`);
  }

  error(run: Run): unknown {
    const kind = run.call.method?.error ?? 'error';
    return this.label(makeError(kind, run.id), `thrown ${kind} ${run.id}`);
  }

  /** Objects by what the program calls them, so that another object is told from the same one. */
  show(value: unknown): string {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
      return `${typeof value} ${String(value)}`;
    return this.labels.get(value) ?? describeStranger(value);
  }

  /** Calls a method on behalf of a run. */
  invoke(
    caller: Run,
    step: CallStep,
    method: MethodPlan,
    apply: (args: unknown[]) => unknown,
    strand?: string,
  ): { result: unknown; call: Call | undefined } {
    const id = `${caller.id}.${caller.children++}`;
    const args = step.args.map((kind, index) => this.value(kind, `${id}#${index}`));
    this.handedOver = {
      caller,
      given: args,
      strand: strand === undefined ? caller.call.strand : id,
    };
    caller.isSilent = false;
    caller.note(`calls ${String(method.key)}`);
    this.lastCall = undefined;
    try {
      return { result: apply(args), call: this.lastCall };
    } finally {
      const call = this.lastCall as Call | undefined;
      if (call !== undefined) call.endedAtReturn = this.isEnded(call);
    }
  }

  /** The other end of `invoke`: the body of the method. */
  enter(method: MethodPlan): Call {
    const { caller, strand, given } = this.handedOver ?? {};
    const id = caller === undefined ? 'nobody' : `${caller.id}.${caller.children - 1}`;
    this.handedOver = undefined;
    const call = new Call(this, id, method, caller, strand ?? 'nobody');
    call.given = given ?? [];
    this.calls.push(call);
    return call;
  }

  leave(call: Call): void {
    this.lastCall = call;
  }
}

function describeStranger(value: object): string {
  try {
    if (Array.isArray(value)) return `array of ${value.length}`;
    const name = value.constructor?.name ?? 'nothing';
    const keys = Object.keys(value).filter((key) => !internal.has(key));
    const message = value instanceof Error ? `: ${value.message}` : '';
    return `${name}${message} {${keys.sort().join()}}`;
  } catch {
    return 'stranger';
  }
}

/** Of rxjs and of errors: where they come from is no behaviour. */
const internal = new Set(['source', 'operator', '_subscribe', 'stack', 'message']);
