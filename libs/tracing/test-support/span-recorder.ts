import { context, trace, SpanStatusCode, type Span, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { emptyResource } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import { randomIds } from '../src/record/random-ids.js';
import { RecordingTracerProvider } from '../src/record/tracer-provider.js';
import { DeferredSpan } from '../src/span/deferred-span.js';
import { OpenSpans, type TracingApp } from '../src/span/tracing-app.js';
import { Outcome, type OutcomeRules } from '../src/span/outcome.js';
import { wrapInSpan } from '../src/span/run-in-span.js';

/** Records spans in memory and draws them as an indented tree, for inline snapshots. */
export class SpanRecorder {
  private readonly exporter = new InMemorySpanExporter();
  readonly provider: RecordingTracerProvider;
  readonly tracer: Tracer;
  readonly warnings: string[] = [];
  private readonly openSpans = new OpenSpans();

  constructor(sampler: Sampler = new AlwaysOnSampler()) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    this.provider = new RecordingTracerProvider({
      resource: emptyResource(),
      sampler: {
        readsAttributes: true,
        followsLocalParents: false,
        shouldSample: (...given) => sampler.shouldSample(...given),
      },
      idGenerator: randomIds,
      spanLimits: {},
      spanProcessors: [new SimpleSpanProcessor({ exporter: this.exporter })],
    });
    this.tracer = this.provider.getTracer('test');
  }

  /** Runs a body as a traced method of the name would. */
  run<T>(name: string, body: () => T, rules: OutcomeRules = {}): T {
    const parent = context.active();
    const app = { openSpans: this.openSpans } as TracingApp;
    const span = new DeferredSpan({ app, tracer: this.tracer, name, options: {}, parent });
    const call = { args: [], span, outcome: new Outcome(this, name, rules) };
    return wrapInSpan(body, () => call)();
  }

  /** Ends what is open, as an app does when it stops. */
  stop(): void {
    this.openSpans.endAll();
  }

  /** Runs a body while a span is active. */
  withSpan<T>(span: Span, body: () => T): T {
    return context.with(trace.setSpan(context.active(), span), body);
  }

  warn(message: string): void {
    this.warnings.push(message);
  }

  get spans(): ReadableSpan[] {
    return this.exporter.getFinishedSpans();
  }

  span(name: string): ReadableSpan {
    const found = this.spans.find((span) => span.name === name);
    if (found === undefined) throw new Error(`no span ${name} in\n${this.tree()}`);
    return found;
  }

  tree(): string {
    const draw = (span: ReadableSpan, indent: string): string[] => [
      `${indent}${span.name}${span.status.code === SpanStatusCode.ERROR ? ` ERROR: ${span.status.message ?? ''}` : ''}`,
      ...span.events.map((event) => `${indent}  · ${event.name}`),
      ...this.childrenOf(span.spanContext().spanId).flatMap((child) => draw(child, `${indent}  `)),
    ];
    const ids = new Set(this.spans.map((span) => span.spanContext().spanId));
    const roots = this.spans.filter((span) => !ids.has(span.parentSpanContext?.spanId ?? ''));
    return `\n${inOrder(roots)
      .flatMap((root) => draw(root, ''))
      .join('\n')}\n`;
  }

  reset(): void {
    this.exporter.reset();
  }

  dispose(): void {
    context.disable();
    trace.disable();
  }

  private childrenOf(spanId: string): ReadableSpan[] {
    return inOrder(this.spans.filter((span) => span.parentSpanContext?.spanId === spanId));
  }
}

/** By name, since starts are exact to a millisecond only; those of one name by their start. */
function inOrder(spans: ReadableSpan[]): ReadableSpan[] {
  const start = ({ startTime: [seconds, nanos] }: ReadableSpan): number => seconds * 1e9 + nanos;
  return spans.toSorted((a, b) => a.name.localeCompare(b.name) || start(a) - start(b));
}
