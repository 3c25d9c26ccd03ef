import type { TextMapPropagator, TracerProvider } from '@opentelemetry/api';

/** Tracing that has been started. */
export interface Sdk {
  /** Where the spans go, in words; undefined where none are recorded. */
  readonly destination: string | undefined;
  readonly tracerProvider: TracerProvider;
  readonly propagator: TextMapPropagator;
  /**
   * Exports what has ended and gives back what was taken. Takes `shutdownTimeout` milliseconds at
   * the most; rejects if not everything could be exported.
   */
  shutdown(): Promise<void>;
}
