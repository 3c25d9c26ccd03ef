import { Inject, Injectable } from '@nestjs/common';
import {
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
  type Span,
} from '@opentelemetry/api';
import { DeferredSpan } from '../span/deferred-span.js';
import { extractContext } from '../propagation/remote-parent.js';
import { Outcome } from '../span/outcome.js';
import { recordsNothing } from '../app/client-span.js';
import { wrapInSpan } from '../span/run-in-span.js';
import type { TracingApp } from '../span/tracing-app.js';
import type { TracedOptions } from './decorators/traced-options.js';
import { classesOfOtherBuild } from './decorators/decorator-providers.js';
import { TRACING_APP } from './tokens.js';

/** Tracing by hand, where a decorator does not reach. */
@Injectable()
export class TracingService {
  constructor(@Inject(TRACING_APP) private readonly app: TracingApp) {}

  /** The span under way; undefined where there is no trace. */
  activeSpan(): Span | undefined {
    const span = trace.getActiveSpan();
    return span !== undefined && isSpanContextValid(span.spanContext()) ? span : undefined;
  }

  /** The id of the trace under way: 32 hex digits. */
  traceId(): string | undefined {
    return this.activeSpan()?.spanContext().traceId;
  }

  /** The same as X-Ray writes it: `1-<8 hex digits>-<24 hex digits>`. */
  xrayTraceId(): string | undefined {
    const id = this.traceId();
    return id === undefined ? undefined : `1-${id.slice(0, 8)}-${id.slice(8)}`;
  }

  /**
   * Runs a function in a span of its own, which ends as that of a `@Traced()` method does. The
   * function gets the span; where nothing is recorded, one that records nothing.
   *
   * @param options as of `@Traced()`, without `arguments`; the tracer is by default that of the service.
   */
  withSpan<T>(name: string, fn: (span: Span) => T, options: TracedOptions = {}): T {
    const { kind, attributes, root, links } = options;
    if (recordsNothing(this.app, root)) return fn(trace.wrapSpanContext(INVALID_SPAN_CONTEXT));
    const span = new DeferredSpan({
      app: this.app,
      tracer: this.app.moduleTracer(options.tracer),
      name: options.name ?? name,
      options: { kind, attributes, root, links },
      parent: context.active(),
    });
    const call = { args: [span], span, outcome: new Outcome(this.app, name, options) };
    return wrapInSpan(fn, () => call)();
  }

  /** Writes the headers of the trace under way into a carrier, as for a message of one's own. */
  inject(carrier: Record<string, string>): void {
    this.app.propagator.inject(context.active(), carrier, defaultTextMapSetter);
  }

  /** Runs a function in the trace whose headers a carrier holds; in none, where it holds none. */
  extract<T>(carrier: Record<string, string>, fn: () => T): T {
    const scope = extractContext(this.app.propagator, ROOT_CONTEXT, carrier, defaultTextMapGetter);
    return context.with(scope, fn);
  }
}

export const otherTracingServices = classesOfOtherBuild('TracingService', TracingService);
