import type { TextMapPropagator, TracerProvider } from '@opentelemetry/api';
import type { AskedTracers } from './asked-tracers.js';

/** Tracing that has been started. */
export interface Sdk {
  /** Where the spans go, in words; undefined where none are recorded. */
  readonly destination: string | undefined;
  /** Whether somebody else registered the tracer provider, before us. */
  readonly isForeign: boolean;
  /** Why nothing can be recorded, though the settings ask for it. */
  readonly fault?: string;
  /**
   * How many events a span may have, where the exporter takes those that are made late; undefined
   * where somebody reads spans before.
   */
  readonly lateEvents?: number | undefined;
  readonly tracerProvider: TracerProvider;
  readonly askedTracers: AskedTracers;
  readonly propagator: TextMapPropagator;
  /**
   * Exports what has ended and gives back what was taken. Takes `shutdownTimeout` milliseconds at
   * the most; rejects if not everything could be exported.
   */
  shutdown(): Promise<void>;
}
