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
import type { TracingHealth } from '../sdk/export/export-health.js';
import type { NestTracingApp } from './nest-tracing-app.js';
import type { TracedOptions } from './decorators/traced-options.js';
import { classesOfOtherBuild } from './decorators/decorator-providers.js';
import { TRACING_APP } from './tokens.js';

/**
 * Creates and propagates spans where no decorator can be used. It can be injected anywhere in the app.
 *
 * @example `constructor(private readonly tracing: TracingService) {}`
 */
@Injectable()
export class TracingService {
  constructor(@Inject(TRACING_APP) private readonly app: NestTracingApp) {}

  /**
   * Returns how the export of spans is doing: how many were exported, wait or were dropped since the app
   * started, and why the last failed export has failed. The spans that have ended are those exported,
   * queued and dropped. The state is `off` if this app exports no spans: with backend `none`, or with an
   * external tracer provider.
   */
  health(): TracingHealth {
    return this.app.health();
  }

  /** Returns the active span; undefined if there is no trace. */
  activeSpan(): Span | undefined {
    const span = trace.getActiveSpan();
    return span !== undefined && isSpanContextValid(span.spanContext()) ? span : undefined;
  }

  /** Returns the ID of the active trace: 32 hex digits, as in W3C Trace Context. Undefined if there is none. */
  traceId(): string | undefined {
    return this.activeSpan()?.spanContext().traceId;
  }

  /** Returns the ID of the active trace in the format of X-Ray: `1-<8 hex digits>-<24 hex digits>`. */
  xrayTraceId(): string | undefined {
    const id = this.traceId();
    return id === undefined ? undefined : `1-${id.slice(0, 8)}-${id.slice(8)}`;
  }

  /**
   * Calls a function in a new span, and returns its result. The span ends as that of a `@Traced()` method
   * does: when the function returns or throws, its promise settles, or its Observable ends.
   *
   * @example
   * ```ts
   * await this.tracing.withSpan('charge card', async (span) => {
   *   span.setAttribute('card.brand', card.brand);
   *   await this.bank.charge(card);
   * });
   * ```
   * @param fn receives the span, which records nothing if the trace is not sampled
   * @param options those of `@Traced()` except `arguments`; the default tracer is that of the service
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

  /**
   * Writes the active trace context and baggage into a carrier, in the format of the configured propagators.
   *
   * @example
   * ```ts
   * const headers: Record<string, string> = {};
   * this.tracing.inject(headers);
   * await queue.send({ headers, body });
   * ```
   */
  inject(carrier: Record<string, string>): void {
    this.app.propagator.inject(context.active(), carrier, defaultTextMapSetter);
  }

  /**
   * Calls a function in the trace context and baggage that a carrier contains, and returns its result. If
   * the carrier contains none, the function runs outside of any trace.
   *
   * @example `await this.tracing.extract(message.headers, () => this.handle(message))`
   */
  extract<T>(carrier: Record<string, string>, fn: () => T): T {
    const scope = extractContext(this.app.propagator, ROOT_CONTEXT, carrier, defaultTextMapGetter);
    return context.with(scope, fn);
  }
}

export const otherTracingServices = classesOfOtherBuild('TracingService', TracingService);
