import { hostDetector, osDetector } from '@opentelemetry/resources';
import type { Backend } from './backend.js';

/** Jaeger, and whatever else takes OTLP as the conventions of OpenTelemetry have it. */
export const otlp: Backend = {
  propagators: ['tracecontext', 'baggage'],
  hostDetectors: [hostDetector, osDetector],
  logLines: {},
};
