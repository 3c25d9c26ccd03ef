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
  readonly tracerProvider: TracerProvider;
  readonly askedTracers: AskedTracers;
  readonly propagator: TextMapPropagator;
  /**
   * Exports what has ended and gives back what was taken. Takes `shutdownTimeout` milliseconds at
   * the most; rejects if not everything could be exported.
   */
  shutdown(): Promise<void>;
}
