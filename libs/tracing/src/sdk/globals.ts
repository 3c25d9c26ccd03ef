import {
  context,
  diag,
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
 * What is wrong where the globals are closed to us: another version of the API package came before,
 * and copies of different versions do not share them.
 */
export function closedGlobals(): string | undefined {
  const found = (globalThis as { [apiKey]?: ApiGlobals })[apiKey];
  if (found === undefined || isOpen(found)) return undefined;
  return (
    `Another copy of @opentelemetry/api, version ${found.version}, was used before ours and keeps the ` +
    'globals of OpenTelemetry: nothing can be recorded. Have one copy: `npm ls @opentelemetry/api` ' +
    'shows them; `npm dedupe`, or `overrides` in package.json, makes one of them.'
  );
}

interface ApiGlobals {
  readonly version?: string;
  readonly trace?: TracerProvider;
}

const apiKey = Symbol.for('opentelemetry.js.api.1');

/** The API says whether it takes a registration, so one is tried where nothing is registered yet. */
function isOpen({ trace: registered }: ApiGlobals): boolean {
  if (registered !== undefined) return trace.getTracerProvider() === registered;
  const isTaken = trace.setGlobalTracerProvider(new ProxyTracerProvider());
  if (isTaken) trace.disable();
  return isTaken;
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
    // NodeSDK sets a logger of its own where the variable says so.
    if (process.env['OTEL_LOG_LEVEL']) diag.disable();
    state[key] = false;
  };
}
