import type { TextMapPropagator } from '@opentelemetry/api';
import { CompositePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { backendOf } from '../backends/backends.js';
import type { Propagator, Settings } from '../options/settings.js';
import { BaggagePropagator } from '../propagation/baggage-propagator.js';
import { XRayPropagator } from '../propagation/xray-propagator.js';

/** The order is fixed: if several headers are received, the one of X-Ray takes precedence. */
const propagators: Record<Propagator, () => TextMapPropagator> = {
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new BaggagePropagator(),
  xray: () => new XRayPropagator(),
};

/** Creates the propagators in `OTEL_PROPAGATORS`, else those of the backend. */
export function createPropagator(settings: Settings): TextMapPropagator {
  const names = settings.propagators ?? backendOf(settings).propagators;
  const wanted = Object.entries(propagators).filter(([name]) => names.includes(name as Propagator));
  return new CompositePropagator({ propagators: wanted.map(([, make]) => make()) });
}
