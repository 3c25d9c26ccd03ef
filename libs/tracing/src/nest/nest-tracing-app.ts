import { Logger } from '@nestjs/common';
import type { TextMapPropagator, Tracer, TracerProvider } from '@opentelemetry/api';
import { followRunningApps } from '../http/client/channels.js';
import type { Sdk } from '../sdk/sdk.js';
import type { ReportLine, TracingHealth } from '../sdk/export/export-health.js';
import type { Settings } from '../options/settings.js';
import { ForcedRequests } from '../app/forced-requests.js';
import { runningApps } from '../app/running-apps.js';
import { Undos, type Undo } from '../app/patch.js';
import {
  type ModuleTracer,
  type RunInLogContext,
  type TracingApp,
  OpenSpans,
} from '../span/tracing-app.js';
import { VERSION } from '../span/process-state.js';
import { SamplingControl } from './control/sampling-control.js';
import type { ModuleTracers } from './feature/module-tracers.js';

const NO_EXPORT: TracingHealth = {
  state: 'off',
  exported: 0,
  queued: 0,
  dropped: { queueFull: 0, exportFailed: 0, rejected: 0, shutdown: 0 },
};

/** Must be ended if an app is garbage collected without having been stopped. */
interface Remains {
  readonly sdk: Sdk;
  readonly undos: Undos;
}

/** An app is held weakly until it has started. If it is garbage collected before, its start has failed. */
const lostApps = new FinalizationRegistry<Remains>(({ sdk, undos }) => {
  runningApps.forgetLost();
  followRunningApps();
  undos.run();
  void sdk.shutdown().catch(() => undefined);
});

/** The tracing of one Nest app, from its start until `stop()`. */
export class NestTracingApp implements TracingApp {
  readonly propagator: TextMapPropagator;
  readonly tracerProvider: TracerProvider;
  samplesNewTraces: boolean;
  readonly hasExternalProvider: boolean;
  readonly lazyEventLimit: number | undefined;
  readonly startsUnobserved: boolean;
  readonly tracer: Tracer;
  readonly openSpans = new OpenSpans();
  readonly control: SamplingControl;
  readonly forcedRequests: ForcedRequests | undefined;
  newLogContext?: () => RunInLogContext;
  private readonly logger = new Logger('TracingModule');
  private readonly undos = new Undos();
  private readonly tracers = new Map<string | undefined, Tracer>();

  constructor(
    readonly settings: Settings,
    readonly sdk: Sdk,
    private readonly moduleTracers: ModuleTracers,
  ) {
    this.propagator = sdk.propagator;
    this.tracerProvider = sdk.tracerProvider;
    this.hasExternalProvider = sdk.isExternal;
    this.lazyEventLimit = sdk.lazyEventLimit;
    const { sampling, spanProcessors } = settings;
    this.startsUnobserved = !sdk.isExternal && isBuiltIn(sampling) && spanProcessors.length === 0;
    this.samplesNewTraces =
      sdk.destination !== undefined && sampling !== 'dormant' && sampling !== 0;
    this.control = new SamplingControl({
      settings,
      sampler: sdk.sampler,
      hasExternalProvider: sdk.isExternal,
      onChange: (samplesNewTraces) => (this.samplesNewTraces = samplesNewTraces),
      log: (message) => this.log(message),
    });
    const { debugSecret } = settings;
    this.forcedRequests =
      debugSecret === undefined || sdk.sampler === undefined
        ? undefined
        : new ForcedRequests(debugSecret, (message) => this.warn(message));
    this.tracer = sdk.tracerProvider.getTracer('nestjs-tracing', VERSION);
    if (sdk.health !== undefined) sdk.health.report = reportTo(this.logger);
    runningApps.add(this);
    followRunningApps();
    lostApps.register(this, { sdk, undos: this.undos }, this.undos);
  }

  /** Keeps the app alive until it is stopped. */
  hasStarted(): void {
    runningApps.hold(this);
  }

  onStop(undo: Undo): void {
    this.undos.add(undo);
  }

  hasTracerOf(instrumentation: string): boolean {
    return this.sdk.knownScopes.has(instrumentation);
  }

  moduleTracer(name: string | undefined): Tracer {
    let tracer = this.tracers.get(name);
    if (tracer === undefined) {
      const { service, serviceVersion } = this.settings;
      const scope = name === undefined ? service : `${service}/${name}`;
      tracer = this.sdk.tracerProvider.getTracer(scope, serviceVersion);
      this.tracers.set(name, tracer);
    }
    return tracer;
  }

  moduleOf(type: Function, instance?: object): ModuleTracer | undefined {
    return this.moduleTracers.get(type, instance);
  }

  hasCreated(instance: object): boolean {
    return this.moduleTracers.hasCreated(instance);
  }

  /** Call this when a module has received its tracer. */
  modulesHaveChanged(): void {
    this.moduleTracers.forget();
  }

  /** Call this when the instances of all modules have been created. */
  modulesHaveStarted(): void {
    this.moduleTracers.start();
  }

  health(): TracingHealth {
    return this.sdk.health?.read() ?? NO_EXPORT;
  }

  log(message: string): void {
    this.logger.log(message);
  }

  warn(message: string): void {
    this.logger.warn(message);
  }

  /** Rejects if not everything could be exported in time. */
  stop(): Promise<void> {
    if (!runningApps.delete(this)) return Promise.resolve();
    lostApps.unregister(this.undos);
    followRunningApps();
    this.control.close();
    this.openSpans.endAll();
    this.undos.run();
    return this.sdk.shutdown();
  }
}

/** Returns a function that does not hold a reference to the app, which may have to be garbage collected. */
function reportTo(logger: Logger): ReportLine {
  return (level, message) => logger[level](message);
}

/** Whether a sampler decides by the trace ID and the parent only. The rules of X-Ray read attributes. */
function isBuiltIn(sampling: Settings['sampling']): boolean {
  return typeof sampling !== 'object' && sampling !== 'xray';
}
