import type { TextMapPropagator } from '@opentelemetry/api';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import type { Settings } from '../settings/settings.js';

const propagators: Partial<Record<string, () => TextMapPropagator>> = {
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
};

/** The headers of the backend, or those that `OTEL_PROPAGATORS` names. */
export function createPropagator(settings: Settings): TextMapPropagator {
  const names = settings.propagators ?? ['tracecontext', 'baggage'];
  return new CompositePropagator({
    propagators: names.flatMap((name) => propagators[name]?.() ?? []),
  });
}
