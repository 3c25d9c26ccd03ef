import type {
  Span,
  TextMapGetter,
  TextMapPropagator,
  Tracer,
  TracerProvider,
} from '@opentelemetry/api';
import type { Settings } from '../options/settings.js';
import { recordError } from './errors/record-error.js';

/** The tracer that `forFeature` gives a Nest module; without a name, that of the service. */
export interface ModuleTracer {
  readonly name: string | undefined;
}

/** Runs a function in the logging context of a call or a message. */
export type RunInLogContext = <T>(run: () => T) => T;

/** Recognizes requests by their headers. */
interface RequestMatcher {
  includes<Carrier>(carrier: Carrier, getter: TextMapGetter<Carrier>): boolean;
}

/** A running app, for all code that creates spans for it. */
export interface TracingApp {
  readonly settings: Settings;
  readonly propagator: TextMapPropagator;
  readonly tracerProvider: TracerProvider;
  /** Whether a trace that starts in this app may be recorded: not with backend `none`, nor while dormant. */
  readonly samplesNewTraces: boolean;
  /** Recognizes requests that must be recorded; undefined without a secret for their tokens. */
  readonly forcedRequests?: RequestMatcher | undefined;
  /**
   * Whether the third-party instrumentation of this name creates spans in this process, in other words:
   * it has requested a tracer.
   */
  hasTracerOf(instrumentation: string): boolean;
  /** Whether the tracer provider is an external one, maybe with instrumentations that create server spans. */
  readonly hasExternalProvider: boolean;
  /**
   * The maximum number of lazy events of a span; undefined if events have to be built at once because
   * another exporter or processor reads them.
   */
  readonly lazyEventLimit: number | undefined;
  /** Whether nothing else sees a span when it starts: no span processor, and no sampler that reads attributes. */
  readonly startsUnobserved: boolean;
  readonly openSpans: OpenSpans;
  /** The tracer of server and client spans: scope `nestjs-tracing`. */
  readonly tracer: Tracer;
  /** Returns the tracer of a module: its scope is `<service>/<name>`, or `<service>` without a name. */
  moduleTracer(name: string | undefined): Tracer;
  /** Creates a logging context for a call or a message; undefined until there is a logger. */
  newLogContext?: () => RunInLogContext;
  /** Logs a warning with the app's own logger. */
  warn(message: string): void;
  /**
   * Returns the tracer of the Nest module that provides a class; undefined if no module does. If several
   * do, the instance decides, if it is given.
   */
  moduleOf(type: Function, instance?: object): ModuleTracer | undefined;
  /** Whether Nest created the instance for this app. */
  hasCreated(instance: object): boolean;
  /**
   * Runs `undo` when the app stops. `undo` must not hold a reference to the app: a failed start may only be
   * noticed when the app is garbage collected.
   */
  onStop(undo: () => void): void;
}

/**
 * The spans of an app that wait for the end of a response, a call or a subscription. Each is kept with the
 * function that ends it. Those still open when the app closes or the process ends are ended then, so that
 * they are exported (rule 22).
 */
export class OpenSpans {
  private readonly spans = new Map<() => void, Span>();

  add(end: () => void, span: Span): void {
    this.spans.set(end, span);
  }

  /** @returns whether the span was still open */
  delete(end: () => void): boolean {
    return this.spans.delete(end);
  }

  endAll(): void {
    for (const end of this.spans.keys()) end();
    this.spans.clear();
  }

  /** Ends all spans with an error that ends the process. */
  failAll(error: unknown): void {
    for (const span of this.spans.values()) {
      if (span.isRecording()) recordError(span, error, true);
    }
    this.endAll();
  }
}
