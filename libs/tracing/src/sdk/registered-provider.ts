import { ProxyTracerProvider, trace, type TracerProvider } from '@opentelemetry/api';
import { isOurs } from './running-sdks.js';

/** The tracer provider that a third party has registered globally. */
export function registeredTracerProvider(): TracerProvider | undefined {
  if (isOurs('trace')) return undefined;
  const registered = trace.getTracerProvider();
  if (!(registered instanceof ProxyTracerProvider)) return registered;
  const delegate = registered.getDelegate();
  return delegate === new ProxyTracerProvider().getDelegate() ? undefined : delegate;
}
