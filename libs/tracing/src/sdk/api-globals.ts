import {
  propagation,
  ProxyTracerProvider,
  trace,
  type TextMapPropagator,
  type TracerProvider,
} from '@opentelemetry/api';

/** The globals of the OpenTelemetry API, which all copies of it share. */
export interface ApiGlobals {
  readonly version?: string;
  readonly trace?: TracerProvider;
  readonly propagation?: unknown;
  readonly context?: unknown;
  readonly diag?: unknown;
}

export type ApiGlobal = Exclude<keyof ApiGlobals, 'version'>;

const key = Symbol.for('opentelemetry.js.api.1');

const shared = globalThis as { [key]?: ApiGlobals };

/** Reads the globals directly, since the API reveals only whether a tracer provider is registered. */
export function apiGlobals(): ApiGlobals | undefined {
  return shared[key];
}

/** Removes the globals object if only its version is left, as it is when all globals are disabled. */
export function removeEmptyApiGlobals(): void {
  const found = shared[key];
  if (found !== undefined && Object.keys(found).every((name) => name === 'version')) {
    delete shared[key];
  }
}

/**
 * Explains why globals cannot be registered: an incompatible version of the API package was used first, and
 * incompatible versions do not share globals.
 */
export function closedGlobals(): string | undefined {
  const found = apiGlobals();
  if (found === undefined || isOpen(found)) return undefined;
  return (
    `Another copy of @opentelemetry/api, version ${found.version}, was used first and holds the ` +
    'OpenTelemetry globals, so nothing can be recorded. Install one copy only: list them with ' +
    '`npm ls @opentelemetry/api`, and use `npm dedupe` or `overrides` in package.json.'
  );
}

/**
 * Tries to register a global that is not registered yet, since the API reports whether that succeeds. A
 * propagator is preferred: disabling a tracer provider would break tracers that were requested before.
 */
function isOpen({ trace: registered, propagation: propagator }: ApiGlobals): boolean {
  if (registered !== undefined) return trace.getTracerProvider() === registered;
  if (propagator === undefined) {
    const isTaken = propagation.setGlobalPropagator(nothing);
    if (isTaken) propagation.disable();
    return isTaken;
  }
  const isTaken = trace.setGlobalTracerProvider(new ProxyTracerProvider());
  if (isTaken) trace.disable();
  return isTaken;
}

const nothing: TextMapPropagator = {
  inject: () => {},
  extract: (context) => context,
  fields: () => [],
};
