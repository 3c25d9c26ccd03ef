import { activeInstrumentations } from '../instrumentation/registered.js';
import type { Settings } from '../settings/settings.js';
import { Undos } from '../span/app/undos.js';
import { AskedTracers } from './asked-tracers.js';
import { createPropagator } from './create-propagator.js';
import { createSdkParts } from './create-sdk-parts.js';
import { createTracerProvider } from './create-tracer-provider.js';
import { claimGlobals } from './globals.js';
import { lateEventsLimit } from './late-events-limit.js';
import { RoutingTracerProvider } from './routing.js';
import { sharedState } from './running-sdks.js';
import type { Sdk } from './sdk.js';
import type { SpanOutput } from './span-output.js';
import { traceInstrumentations } from './trace-instrumentations.js';
import { withinTime } from './within-time.js';
import type { XRayParts } from './xray/xray-parts.js';

export type CreateOutput = (settings: Settings) => SpanOutput;

/** Starts an SDK that records. If that throws, everything it has changed is undone. */
export function startRecordingSdk(
  settings: Settings,
  createOutput: CreateOutput,
  xray: XRayParts,
): Sdk {
  const undos = new Undos();
  try {
    return start(settings, createOutput, xray, undos);
  } catch (error) {
    undos.run();
    throw error;
  }
}

function start(settings: Settings, createOutput: CreateOutput, xray: XRayParts, undos: Undos): Sdk {
  // Before anything is made that may ask something by HTTP, which is not to be traced.
  const globals = claimGlobals();
  undos.add(() => globals.release());
  const parts = createSdkParts(settings, xray, undos);
  const output = createOutput(settings);
  let closing: Promise<void> | undefined;
  undos.add(() => (closing = output.close?.()));
  const { tracerProvider, shutdown } = createTracerProvider(
    { ...parts, spanProcessors: [...settings.spanProcessors, output.processor] },
    globals,
  );
  const propagator = createPropagator(settings);
  globals.serve({ tracerProvider, propagator, mayRecord: true });
  const instrumentations = activeInstrumentations(settings);
  undos.add(traceInstrumentations(instrumentations, new RoutingTracerProvider(tracerProvider)));
  const names = instrumentations.map((one) => one.instrumentationName);
  const askedTracers = new AskedTracers(names, sharedState().asked);
  undos.add(() => askedTracers.stop());
  const end = async (): Promise<void> => {
    // A batch that waits for the resource is out of the queue, and not with the exporter yet: the
    // processor would end without it.
    await parts.resource.waitForAsyncAttributes?.();
    await shutdown();
  };
  return {
    destination: output.destination,
    isForeign: false,
    lateEvents: lateEventsLimit(settings, output, parts.spanLimits),
    tracerProvider,
    askedTracers,
    propagator,
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
