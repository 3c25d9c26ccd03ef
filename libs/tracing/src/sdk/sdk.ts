import {
  type TextMapPropagator,
  type TracerProvider,
  ProxyTracerProvider,
  trace,
} from '@opentelemetry/api';
import type { ExportHealth } from './export/export-health.js';
import { processState } from '../span/process-state.js';
import { type ApiGlobal, apiGlobals } from './api-globals.js';
import { type KnownScopes, ScopeNames } from './known-scopes.js';
import type { ControllableSampler } from './sampler.js';

/** Tracing that has been started. */
export interface Sdk {
  /** Describes where spans are exported; undefined if none are recorded. */
  readonly destination: string | undefined;
  /** Whether a third party registered the tracer provider before the app started. */
  readonly isExternal: boolean;
  /** Why nothing can be recorded, although the settings require it. */
  readonly problem?: string;
  /**
   * The maximum number of lazy events per span; undefined if a span processor or an external provider reads
   * spans before they are exported, so that events must be built at once.
   */
  readonly lazyEventLimit?: number | undefined;
  /** The sampler; undefined if nothing is recorded, or an external provider decides. */
  readonly sampler?: ControllableSampler;
  readonly tracerProvider: TracerProvider;
  readonly knownScopes: KnownScopes;
  readonly propagator: TextMapPropagator;
  /** Undefined if this app sends no spans. */
  readonly health?: ExportHealth | undefined;
  /**
   * Exports the ended spans and undoes what the start changed. Takes at most `shutdownTimeout` milliseconds;
   * rejects if not everything could be exported.
   */
  shutdown(): Promise<void>;
}

/** The part of an SDK that also serves third parties, through the globals. */
export interface ServingSdk {
  readonly tracerProvider: TracerProvider;
  readonly propagator: TextMapPropagator;
  /** Whether spans are recorded. They are not with backend `none`. */
  readonly mayRecord: boolean;
}

/**
 * What the apps of a process share, also apps of different versions of this package, because the globals of
 * OpenTelemetry are shared too. Its shape is fixed, and it holds objects of the OpenTelemetry API only.
 */
interface SharedState {
  /** How many apps need the globals. */
  claims: number;
  /** The SDKs of the apps, the oldest first. */
  readonly sdks: ServingSdk[];
  /** The globals that we have registered. */
  readonly ours: Partial<Record<ApiGlobal, unknown>>;
}

const key = Symbol.for('nestjs-tracing.globals');
const shared = globalThis as { [key]?: SharedState };

/**
 * The names of the scopes for which tracers were requested from the global tracer provider. Instrumentations
 * keep their tracers, so the names outlive the apps.
 */
export const requestedScopeNames: ScopeNames = processState(
  'requested scope names',
  () => new ScopeNames(),
);

export function sharedState(): SharedState {
  return (shared[key] ??= { claims: 0, sdks: [], ours: {} });
}

export function forgetSharedState(): void {
  delete shared[key];
}

/** Returns the SDK of a tracer provider, while it serves third parties. */
export function sdkOf(tracerProvider: TracerProvider | undefined): ServingSdk | undefined {
  return shared[key]?.sdks.find((one) => one.tracerProvider === tracerProvider);
}

/** Returns the SDK of the oldest app that records, else of the oldest app. */
export function oldestSdk(): ServingSdk | undefined {
  const sdks = shared[key]?.sdks;
  return sdks?.find(({ mayRecord }) => mayRecord) ?? sdks?.[0];
}

/** Returns the tracer providers of all apps. */
export function servingProviders(): readonly TracerProvider[] {
  return shared[key]?.sdks.map(({ tracerProvider }) => tracerProvider) ?? [];
}

/** Whether there are several SDKs, so that each span must be routed. */
export function hasSeveralSdks(): boolean {
  return (shared[key]?.sdks.length ?? 0) > 1;
}

/** Whether this library has registered the global. */
export function isOurs(name: ApiGlobal): boolean {
  const ours = shared[key]?.ours[name];
  return ours !== undefined && apiGlobals()?.[name] === ours;
}

/** Returns the tracer provider that a third party has registered globally. */
export function registeredTracerProvider(): TracerProvider | undefined {
  if (isOurs('trace')) return undefined;
  const registered = trace.getTracerProvider();
  if (!(registered instanceof ProxyTracerProvider)) return registered;
  const delegate = registered.getDelegate();
  return delegate === new ProxyTracerProvider().getDelegate() ? undefined : delegate;
}
