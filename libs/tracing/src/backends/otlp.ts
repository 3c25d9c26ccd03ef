import { hostDetector, osDetector } from '@opentelemetry/resources';
import type { Backend } from './backend.js';

/** Jaeger, and any other backend that accepts OTLP with OpenTelemetry's semantic conventions. */
export const otlp: Backend = {
  propagators: ['tracecontext', 'baggage'],
  hostDetectors: [hostDetector, osDetector],
  logLines: {},
};
