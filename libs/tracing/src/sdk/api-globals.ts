import {
  propagation,
  ProxyTracerProvider,
  trace,
  type TextMapPropagator,
  type TracerProvider,
} from '@opentelemetry/api';

/** The globals of OpenTelemetry's API, as its copies share them. */
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

/** The API tells only of its tracer provider whether one is registered, so this looks where it keeps them. */
export function apiGlobals(): ApiGlobals | undefined {
  return shared[key];
}

/** Removes what the API leaves of its globals once all of them are disabled: its version alone. */
export function removeEmptyApiGlobals(): void {
  const found = shared[key];
  if (found !== undefined && Object.keys(found).every((name) => name === 'version')) {
    delete shared[key];
  }
}

/**
 * What is wrong where the globals are closed to us: another version of the API package came before,
 * and copies of different versions do not share them.
 */
export function closedGlobals(): string | undefined {
  const found = apiGlobals();
  if (found === undefined || isOpen(found)) return undefined;
  return (
    `Another copy of @opentelemetry/api, version ${found.version}, was used before ours and keeps the ` +
    'globals of OpenTelemetry: nothing can be recorded. Have one copy: `npm ls @opentelemetry/api` ' +
    'shows them; `npm dedupe`, or `overrides` in package.json, makes one of them.'
  );
}

/**
 * The API says whether it takes a registration, so one is tried where nothing is registered yet: of a
 * propagator, if possible, since tracers that were asked for before do not outlive that of a provider.
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
