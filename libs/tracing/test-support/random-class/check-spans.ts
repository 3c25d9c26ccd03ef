import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { tracingOf, type MethodPlan, type TraceOptions } from './class-plan.js';
import { ExpectedSpans, idOf, timingOf, type ExpectedSpan } from './expected-spans.js';
import { isInvalid } from './is-fault.js';
import type { Call, Run } from './run.js';
import { differences } from './span-differences.js';
import type { SpanLedger } from './span-ledger.js';
import { exceptionsOf, RecordedErrors } from './told-errors.js';
import type { World } from './world.js';

/** What is wrong with the spans of a program, by rules 1 to 4 and 7. */
export function checkSpans(world: World, ledger: SpanLedger): string[] {
  return new Check(world, ledger).run();
}

class Check {
  private readonly problems: string[] = [];
  private readonly started: Map<string, ReadableSpan>;
  private readonly ended = new Map<string, ReadableSpan>();
  private readonly owners = new Map<string, Call>();
  private readonly told = new RecordedErrors();
  private readonly expected: ExpectedSpans;

  constructor(
    private readonly world: World,
    ledger: SpanLedger,
  ) {
    this.problems.push(...ledger.complaints);
    this.started = new Map(ledger.started.map((span) => [span.spanContext().spanId, span]));
    for (const span of ledger.ended) {
      const id = span.spanContext().spanId;
      if (this.ended.has(id)) this.problems.push(`${span.name} has ended twice`);
      this.ended.set(id, span);
    }
    this.expected = new ExpectedSpans(world, this.started);
  }

  run(): string[] {
    const calls = this.world.calls.filter((call) => this.expected.isTraced(call));
    for (const call of calls) this.checkUnused(call);
    const spans = calls.map((call) => ({ call, spans: this.expected.of(call) }));
    for (const { call, spans: own } of spans) for (const { id } of own) this.own(call, id);
    for (const { call, spans: own } of spans) {
      this.checkContext(call);
      for (const span of own) this.checkSpan(call, span);
    }
    for (const call of this.world.calls) this.checkStrays(call);
    this.checkLeftovers();
    // A span that cannot be followed may be the one that has told an error: that of a stream, or one
    // around a root, which names no parent.
    const mayBeRecorded = this.world.calls.some(
      (call) => timingOf(call) === 'unknown' || this.isAroundRoot(call),
    );
    this.problems.push(...this.told.check(this.world, mayBeRecorded));
    return this.problems;
  }

  private own(call: Call, id: string): void {
    const owner = this.owners.get(id);
    this.expect(owner === undefined || owner === call, call, `shares a span with ${owner?.id}`);
    this.owners.set(id, call);
  }

  /** Never subscribed and nothing recorded: no span. Before anything else asks for its id. */
  private checkUnused(call: Call): void {
    const [body, ...others] = call.runs;
    if (timingOf(call) !== 'each run' || others.length > 0 || body?.isSilent !== true) return;
    if (call.passed === undefined)
      this.expect(!this.started.has(idOf(body.span)), call, 'has a span, though it was never used');
  }

  private checkContext(call: Call): void {
    const [body, first] = call.runs;
    if (timingOf(call) === 'each run' && first !== undefined)
      this.expect(first.span === body?.span, call, 'has another span in its first run');
    const spans = call.runs.slice(1).map(({ span }) => span);
    if (timingOf(call) === 'each run')
      this.expect(new Set(spans).size === spans.length, call, 'has one span for several runs');
    const shape = call.maker?.shape;
    if (shape === 'value' || shape === 'subject')
      this.expect(call.endedAtReturn, call, 'has returned before its span ended');
  }

  private checkSpan(call: Call, { id, outcome, isOptional }: ExpectedSpan): void {
    const span = this.ended.get(id);
    if (span === undefined) {
      this.expect(isOptional || outcome === undefined, call, 'has no span that ended');
      return;
    }
    this.checkParent(call, span);
    for (const problem of differences(span, call, this.optionsOf(call)))
      this.expect(false, call, problem);
    if (outcome === undefined || isOptional) return;
    const isError = typeof outcome === 'object' && isInvalid(this.optionsOf(call), outcome.error);
    const isMarked = span.status.code === SpanStatusCode.ERROR;
    this.expect(isError === isMarked, call, isMarked ? 'is ERROR' : 'is not ERROR');
    if (isError) this.told.pass(outcome.error, span);
    else this.expect(exceptionsOf(span) === 0, call, 'tells of an exception');
  }

  private checkParent(call: Call, span: ReadableSpan): void {
    const parent = span.parentSpanContext?.spanId;
    const caller = call.caller === undefined ? undefined : this.ownerOf(call.caller);
    const owner = parent === undefined ? undefined : this.owners.get(parent);
    const { root } = this.optionsOf(call);
    if (root === true) this.expect(parent === undefined, call, 'is no root');
    else this.expect(owner === caller, call, `is below ${owner?.id}, not ${caller?.id}`);
  }

  /** The call to whose span a run belongs: its own, or what was active where nothing traces it. */
  private ownerOf(run: Run): Call | undefined {
    if (this.expected.isTraced(run.call) && isFollowed(run)) return run.call;
    return run.span === undefined ? undefined : this.owners.get(idOf(run.span));
  }

  private checkStrays(call: Call): void {
    for (const run of call.runs) {
      const isChecked =
        call.method === undefined || (this.expected.isTraced(call) && isFollowed(run));
      if (!isChecked) continue;
      const strays = run.strays.join('; ');
      this.expect(strays === '', call, `is not in its span where it: ${strays}`);
    }
  }

  private checkLeftovers(): void {
    for (const [id, span] of this.started) {
      const owner = this.owners.get(id);
      if (owner === undefined) {
        const isUnknown = this.world.calls.some(
          (call) =>
            (timingOf(call) === 'unknown' || !call.runs[1]) &&
            (call.method?.key === span.attributes['code.function.name']?.toString().split('.')[1] ||
              typeof call.method?.key === 'symbol'),
        );
        if (!isUnknown) this.problems.push(`the span ${span.name} belongs to no call`);
      } else if (!this.ended.has(id)) {
        const isUnfinished = owner.runs.some(({ outcome }) => outcome === undefined);
        this.expect(isUnfinished, owner, 'has a span that never ended');
      }
    }
  }

  private isAroundRoot({ passed }: Call): boolean {
    return (
      passed !== undefined && this.expected.isTraced(passed) && this.optionsOf(passed).root === true
    );
  }

  private optionsOf(call: Call): TraceOptions {
    return tracingOf(this.world.plan, call.method as MethodPlan) as TraceOptions;
  }

  private expect(isRight: boolean, call: Call, problem: string): void {
    if (!isRight) this.problems.push(`${call.id} (${String(call.method?.key)}) ${problem}`);
  }
}

/** Whether a run has a span of its call around it. */
function isFollowed({ call, index }: Run): boolean {
  return index === 0 || timingOf(call) === 'each run';
}
