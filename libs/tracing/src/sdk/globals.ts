import {
  context,
  propagation,
  ProxyTracerProvider,
  trace,
  type TracerProvider,
} from '@opentelemetry/api';

/** Shared by both builds of this package, should a process load them both. */
const key = Symbol.for('nestjs-tracing.globals');
const state = globalThis as { [key]?: boolean };

/** The tracer provider that somebody else registered before us. */
export function registeredTracerProvider(): TracerProvider | undefined {
  if (state[key] === true) return undefined;
  const registered = trace.getTracerProvider();
  if (!(registered instanceof ProxyTracerProvider)) return registered;
  const delegate = registered.getDelegate();
  return delegate === new ProxyTracerProvider().getDelegate() ? undefined : delegate;
}

/**
 * Claims the OpenTelemetry globals for an app: the function gives them back. Undefined where another
 * app of the process has them.
 */
export function takeGlobals(): (() => void) | undefined {
  if (state[key] === true) return undefined;
  state[key] = true;
  return () => {
    trace.disable();
    propagation.disable();
    context.disable();
    state[key] = false;
  };
}
