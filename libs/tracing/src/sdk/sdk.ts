import type { TextMapPropagator, TracerProvider } from '@opentelemetry/api';

/** Tracing that has been started. */
export interface Sdk {
  /** Whether the spans are exported by us; false with `none` and with somebody else's provider. */
  readonly isExporting: boolean;
  /** Whether somebody else registered the tracer provider, before us. */
  readonly isForeign: boolean;
  readonly tracerProvider: TracerProvider;
  readonly propagator: TextMapPropagator;
  /**
   * Exports what has ended and gives back what was taken. Takes `shutdownTimeout` milliseconds at
   * the most; rejects if not everything could be exported.
   */
  shutdown(): Promise<void>;
}
