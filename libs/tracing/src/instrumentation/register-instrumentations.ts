import { commas } from '../settings/variables.js';
import { constructInstrumentations } from './construct-instrumentations.js';
import { hookImports } from './import-hook.js';
import { beginRegistering } from './registered.js';

/** Instrumentations of what this library traces itself: beside it, each span would be there twice. */
const ours: Readonly<Record<string, string>> = {
  '@opentelemetry/instrumentation-http': 'HTTP servers and outgoing HTTP',
  '@opentelemetry/instrumentation-undici': 'outgoing HTTP',
  '@opentelemetry/instrumentation-grpc': 'gRPC servers and clients',
  '@opentelemetry/instrumentation-nestjs-core': 'handlers',
  '@opentelemetry/instrumentation-pino': 'log lines',
};

/**
 * Constructs the instrumentations that `TRACING_INSTRUMENTATIONS` names, and hooks the import of what
 * they trace. Starts no SDK: what they make is recorded once an app gives them its tracer provider.
 * Stops no process: what is wrong is told when the app starts.
 */
export function registerInstrumentations(env = process.env): void {
  const state = beginRegistering();
  // Being constructed, an instrumentation changes what it traces.
  if (state === undefined || env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return;
  for (const name of commas(env['TRACING_INSTRUMENTATIONS'] ?? '')) {
    const traced = ours[name];
    if (traced !== undefined) {
      state.faults.push(
        `${name} was left out: nestjs-tracing makes the spans of ${traced} itself.`,
      );
      continue;
    }
    const found = constructInstrumentations(name);
    if (typeof found === 'string') state.faults.push(found);
    else state.packages.set(name, found);
  }
  const instrumentations = [...state.packages.values()].flat();
  const fault = instrumentations.length > 0 ? hookImports(instrumentations) : undefined;
  if (fault !== undefined) state.faults.push(fault);
}
