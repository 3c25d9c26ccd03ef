import {
  ProxyTracerProvider,
  type TextMapPropagator,
  propagation,
  type Context,
  type TracerProvider,
} from '@opentelemetry/api';
import { Undos, type Undo } from '../app/patch.js';
import type { BackendParts } from '../backends/backend.js';
import { activeInstrumentations } from '../instrumentation/registered.js';
import type { Settings } from '../options/settings.js';
import { withInventedParent } from '../propagation/remote-parent.js';
import { closedGlobals } from './api-globals.js';
import { withinTime } from './export/within-time.js';
import { lazyEventsLimit, type SpanOutput, otlpOutput } from './export/span-output.js';
import { claimGlobals } from './globals.js';
import { KnownScopes, noteScopeNames } from './known-scopes.js';
import { processEnd } from './process-end.js';
import { createPropagator } from './propagator.js';
import { createResource } from './resource.js';
import { RoutingTracerProvider } from './routing.js';
import { createSampler } from './sampler.js';
import { requestedScopeNames, isOurs, registeredTracerProvider, type Sdk } from './sdk.js';
import { traceInstrumentations } from './trace-instrumentations.js';
import { traceIds, createTracerProvider, SdkParts } from './tracer-provider.js';

/**
 * Starts backend `none`: nothing is recorded, but incoming trace context is propagated to the next service.
 * The no-op tracer of the API does that: its spans have the span context of their parent.
 */
function propagationOnly(settings: Settings): Sdk {
  const propagator = withCallers(createPropagator(settings));
  const tracerProvider = new ProxyTracerProvider();
  const globals = claimGlobals();
  globals.serve({ tracerProvider, propagator, mayRecord: false });
  return {
    destination: undefined,
    isExternal: false,
    tracerProvider,
    // Once constructed, they propagate the trace too.
    knownScopes: new KnownScopes(
      activeInstrumentations(settings).map((one) => one.instrumentationName),
    ),
    propagator,
    shutdown: () => Promise.resolve(globals.release()),
  };
}

/** Creates no root spans. */
function withCallers(propagator: TextMapPropagator): TextMapPropagator {
  return {
    inject: (context, carrier, setter) => propagator.inject(context, carrier, setter),
    extract: (context, carrier, getter) =>
      withInventedParent(propagator.extract(context, carrier, getter)),
    fields: () => propagator.fields(),
  };
}

/**
 * Uses an external tracer provider, which was registered by Sentry, a preload of ADOT or a hand-written
 * `tracing.ts`. No exporter is started.
 */
function useRegisteredProvider(tracerProvider: TracerProvider): Sdk {
  const globals = claimGlobals();
  const asked = noteScopeNames(tracerProvider);
  const knownScopes = new KnownScopes([], asked.names);
  return {
    destination:
      'the tracer provider that was registered before TracingModule, so no exporter is started',
    isExternal: true,
    tracerProvider,
    knownScopes,
    propagator: globalPropagator,
    shutdown: async () => {
      knownScopes.stop();
      asked.stop();
      globals.release();
    },
  };
}

const globalPropagator: TextMapPropagator = {
  inject: (context: Context, carrier: unknown, setter) =>
    propagation.inject(context, carrier, setter),
  extract: (context: Context, carrier: unknown, getter) =>
    propagation.extract(context, carrier, getter),
  fields: () => propagation.fields(),
};

/** @param undos receives functions that end background work */
function createSdkParts(settings: Settings, backend: BackendParts, undos: Undos): SdkParts {
  const found = backend.createDetectors?.();
  if (found !== undefined) undos.add(() => found.stop());
  const resource = createResource(settings, found?.detectors);
  const rules = backend.createSampler?.(resource);
  if (rules !== undefined) undos.add(() => rules.stop());
  void backend.checkResource?.(resource);
  return {
    resource,
    sampler: createSampler(settings.sampling, rules),
    idGenerator: traceIds(backend.idGenerator),
    spanLimits: settings.spanLimits,
  };
}

/** Lets the end of the process deliver what an output has not exported. */
function watchProcessEnd(
  { health, takeUnsent }: SpanOutput,
  { shutdownTimeout }: Settings,
  flush: () => Promise<void>,
  close: () => Promise<void> | undefined,
): Undo {
  if (health === undefined || takeUnsent === undefined) return () => undefined;
  return processEnd.watch({
    timeout: shutdownTimeout,
    get queued() {
      return health.queued;
    },
    flush: () => withinTime(flush(), shutdownTimeout),
    giveUp: async () => close(),
    takeUnsent,
    hasExported: (count) => health.hasExported(count),
  });
}

export type CreateOutput = (settings: Settings, resource: SdkParts['resource']) => SpanOutput;

/** Starts an SDK that records. If that throws, everything it has changed is undone. */
function startRecordingSdk(
  settings: Settings,
  createOutput: CreateOutput,
  backend: BackendParts,
): Sdk {
  const undos = new Undos();
  try {
    return start(settings, createOutput, backend, undos);
  } catch (error) {
    undos.run();
    throw error;
  }
}

function start(
  settings: Settings,
  createOutput: CreateOutput,
  backend: BackendParts,
  undos: Undos,
): Sdk {
  // Before anything is created that makes HTTP requests, which must not be traced.
  const globals = claimGlobals();
  undos.add(() => globals.release());
  const parts = createSdkParts(settings, backend, undos);
  const output = createOutput(settings, parts.resource);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> | undefined => (closing ??= output.close?.());
  undos.add(close);
  const { tracerProvider, flush, shutdown } = createTracerProvider(
    { ...parts, spanProcessors: [...settings.spanProcessors, output.processor] },
    globals,
    settings,
  );
  undos.add(watchProcessEnd(output, settings, flush, close));
  const propagator = createPropagator(settings);
  globals.serve({ tracerProvider, propagator, mayRecord: true });
  const instrumentations = activeInstrumentations(settings);
  undos.add(traceInstrumentations(instrumentations, new RoutingTracerProvider(tracerProvider)));
  const names = instrumentations.map((one) => one.instrumentationName);
  const knownScopes = new KnownScopes(names, requestedScopeNames);
  undos.add(() => knownScopes.stop());
  const end = async (): Promise<void> => {
    // A batch that waits for the resource has left the queue but has not reached the exporter, and the
    // processor would shut down without it.
    await parts.resource.waitForAsyncAttributes?.();
    await shutdown();
  };
  return {
    destination: output.destination,
    isExternal: false,
    lazyEventLimit: lazyEventsLimit(settings, output),
    sampler: parts.sampler,
    tracerProvider,
    knownScopes,
    propagator,
    health: output.health,
    shutdown: async () => {
      globals.withdraw();
      try {
        await withinTime(end(), settings.shutdownTimeout);
      } finally {
        undos.run();
        await closing;
      }
    },
  };
}

/** Starts the OpenTelemetry SDK for traces, or uses an external tracer provider. */
export function startSdk(settings: Settings, backend?: BackendParts): Sdk {
  const external = registeredTracerProvider();
  return external === undefined
    ? startOwnSdk(settings, otlpOutput, backend)
    : useRegisteredProvider(external);
}

/**
 * Starts the SDK with a given output. Each app of a process has its own tracer provider, and all apps share
 * the OpenTelemetry globals (rule 24).
 */
export function startOwnSdk(
  settings: Settings,
  createOutput: CreateOutput,
  backend: BackendParts = {},
): Sdk {
  if (settings.backend === 'none') return propagationOnly(settings);
  const problem = isOurs('context') ? undefined : closedGlobals();
  if (problem !== undefined) return { ...propagationOnly(settings), problem };
  return startRecordingSdk(settings, createOutput, backend);
}
