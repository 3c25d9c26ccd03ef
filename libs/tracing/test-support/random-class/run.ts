import { trace, type Span } from '@opentelemetry/api';
import type { MethodPlan } from './class-plan.js';
import type { World } from './world.js';

/** How a piece of work ended; undefined while it has not. */
export type Outcome = 'done' | 'left' | { readonly error: unknown } | undefined;

/** A call of a method, and the runs of its work: the body, and each time that a lazy result works. */
export class Call {
  readonly runs: Run[] = [];
  /** The call whose result this one has passed on. */
  passed: Call | undefined;
  /** Whether the span had ended when the call returned. */
  endedAtReturn = false;
  /** How often the `then` of its result was called. */
  asked = 0;
  /** The arguments of the caller, before any defaults. */
  given: readonly unknown[] = [];

  constructor(
    readonly world: World,
    readonly id: string,
    /** Undefined for the program, which calls the first methods. */
    readonly method: MethodPlan | undefined,
    readonly caller: Run | undefined,
    /** Effects are compared in order within a strand: strands run side by side. */
    readonly strand: string,
  ) {}

  /** The method that made its result. */
  get maker(): MethodPlan | undefined {
    return this.passed?.maker ?? this.method;
  }

  begin(style: Run['style']): Run {
    const run = new Run(this, this.runs.length, style);
    this.runs.push(run);
    return run;
  }
}

export class Run {
  outcome: Outcome;
  children = 0;
  /** What was active where it should have been the span of this run. */
  readonly strays: string[] = [];
  readonly span: Span | undefined = trace.getActiveSpan();
  /** Whether it has recorded nothing, nor called what might. */
  isSilent = true;
  private readonly isAway: boolean = false;
  /** Whether this is a body that has returned, and not thrown. */
  hasReturned = false;

  constructor(
    readonly call: Call,
    readonly index: number,
    /** Whether it can wait for what it calls. */
    readonly style: 'sync' | 'async',
  ) {}

  /** This run where it uses a result beside others: what it sees there has no order among them. */
  beside(call: Call | undefined): Run {
    return Object.create(this, { strand: { value: call?.id ?? 'beside' } }) as Run;
  }

  /** This run where it has left its span. */
  away(): Run {
    return Object.create(this, { isAway: { value: true } }) as Run;
  }

  private get strand(): string {
    return this.call.strand;
  }

  get id(): string {
    return `${this.call.id}/${this.index}`;
  }

  get plan(): MethodPlan {
    if (this.call.method === undefined) throw new Error('the program is no method');
    return this.call.method;
  }

  get isFailing(): boolean {
    const { method } = this.call;
    return method?.error !== undefined && this.index <= method.failures;
  }

  /** An effect: what happens here, in order, with the span of this run active. */
  note(text: string): void {
    this.call.world.log(this.strand, `${this.id} ${text}`);
    if (trace.getActiveSpan() !== this.span && !this.isAway) this.strays.push(text);
  }

  /** Ends as the plan says. */
  end(): unknown {
    if (this.isFailing) this.fail(this.call.world.error(this));
    return this.finish(this.call.world.value(this.plan.value, this.id));
  }

  /** The same for what a promise is resolved with: it asks its value for `then`. */
  endAwaited(): unknown {
    const ended = this.isFailing || !this.plan.value.includes('proxy') ? this.end() : 'instead';
    return this.finish(ended);
  }

  finish<T>(value: T): T {
    this.outcome ??= 'done';
    return value;
  }

  fail(error: unknown): never {
    this.outcome ??= { error };
    throw error;
  }
}
