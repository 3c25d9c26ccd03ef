import type { TextMapPropagator, Tracer, TracerProvider } from '@opentelemetry/api';
import type { Settings } from '../options/settings.js';
import type { OpenSpans } from './open-spans.js';

/** What `forFeature` gives a Nest module: its tracer's name, where there is one. */
export interface Package {
  readonly name: string | undefined;
}

/** Runs something in the logging context of a call or a message. */
export type RunInLogContext = <T>(run: () => T) => T;

/** A running app, as every floor sees it that makes spans for it. */
export interface TracingApp {
  readonly settings: Settings;
  readonly propagator: TextMapPropagator;
  readonly tracerProvider: TracerProvider;
  /** Whether a trace that begins here may be recorded: not with `none`, nor while dormant. */
  readonly samplesNewTraces: boolean;
  /**
   * Whether an instrumentation of others, by its name, makes spans beside this app's: it has asked for
   * a tracer.
   */
  hasTracerOf(instrumentation: string): boolean;
  /** Whether somebody else set OpenTelemetry up, maybe with instrumentations that make server spans. */
  readonly hasExternalProvider: boolean;
  /**
   * How many events a span may have, where events may be made when it is exported; undefined where
   * they are made at once, for somebody who reads them before.
   */
  readonly lazyEventLimit: number | undefined;
  readonly openSpans: OpenSpans;
  /** The tracer of server and client spans: scope `nestjs-tracing`. */
  readonly tracer: Tracer;
  /** The tracer of a package of the app: scope `<service>/<name>`, without a name `<service>`. */
  moduleTracer(name: string | undefined): Tracer;
  /** Makes a logging context for a call or a message; undefined until there is a logger. */
  newLogContext?: () => RunInLogContext;
  /** Tells the operator, in the app's own logger. */
  warn(message: string): void;
  /**
   * The package of the Nest module that provides a class; undefined where no module does. Where
   * several do, the instance tells, if it is given.
   */
  moduleOf(type: Function, instance?: object): Package | undefined;
  /** Whether Nest made the instance for this app. */
  isMadeHere(instance: object): boolean;
  /**
   * Runs `undo` when the app stops. `undo` must not hold a reference to the app: a failed start may only be
   * noticed when the app is garbage collected.
   */
  onStop(undo: () => void): void;
}
