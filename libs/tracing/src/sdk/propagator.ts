import type { TextMapPropagator } from '@opentelemetry/api';
import { CompositePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { backendOf } from '../backends/backends.js';
import type { Propagator, Settings } from '../options/settings.js';
import { BaggagePropagator } from '../propagation/baggage-propagator.js';
import { XRayPropagator } from '../propagation/xray-propagator.js';

/** In this order, whatever the order of the names: the X-Ray header has the last word. */
const propagators: Record<Propagator, () => TextMapPropagator> = {
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new BaggagePropagator(),
  xray: () => new XRayPropagator(),
};

/** The headers of the backend, or those that `OTEL_PROPAGATORS` names. */
export function createPropagator(settings: Settings): TextMapPropagator {
  const names = settings.propagators ?? backendOf(settings).propagators;
  const wanted = Object.entries(propagators).filter(([name]) => names.includes(name as Propagator));
  return new CompositePropagator({ propagators: wanted.map(([, make]) => make()) });
}
