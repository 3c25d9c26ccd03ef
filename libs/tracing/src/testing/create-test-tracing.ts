import type { DynamicModule } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ModuleTracers } from '../nest/feature/module-tracers.js';
import { NestTracingApp } from '../nest/nest-tracing-app.js';
import type { StartTracing } from '../nest/startup/start-tracing.js';
import { START_TRACING } from '../nest/tokens.js';
import { TracingModule } from '../nest/tracing.module.js';
import { readSettings } from '../options/read-settings.js';
import type { TracingOptions } from '../options/tracing-options.js';
import { startOwnSdk } from '../sdk/start-sdk.js';
import { drawTree } from './draw-tree.js';
import { SpanMemory, waitForSpans } from './span-memory.js';

/** Tracing whose spans a test looks at. */
export interface TestTracing {
  /** In place of `TracingModule.forRoot()`. */
  readonly module: DynamicModule;
  /** The spans that have ended, in that order. */
  spans(): ReadableSpan[];
  /** The same as an indented tree, with their events; made for inline snapshots. */
  tree(): string;
  /**
   * Waits until a predicate holds for the spans that have ended; one that throws does not hold yet.
   * @param timeoutMs milliseconds. @default 2000
   * @throws Error that shows what was seen instead, when the time is over
   */
  waitFor(
    predicate: (spans: ReadableSpan[]) => boolean,
    timeoutMs?: number,
  ): Promise<ReadableSpan[]>;
  /** Forgets the spans that have ended. */
  reset(): void;
  /** Ends tracing. The spans can still be looked at. */
  shutdown(): Promise<void>;
}

/**
 * Starts tracing for a test: spans are kept in memory, and nothing is exported.
 *
 * With Nest, `module` stands in place of `TracingModule.forRoot()`, and each app has its own. Without
 * Nest, `@Traced()` methods are recorded as long as no other tracing runs in the process.
 *
 * @param options as of `forRoot`; the service is `test` and the backend `jaeger` unless given.
 *   Environment variables are not read.
 * @throws TracingSettingsError with all faults of the options at once
 */
export function createTestTracing(options: Partial<TracingOptions> = {}): TestTracing {
  const given: TracingOptions = { service: 'test', backend: 'jaeger', ...options };
  const { settings } = readSettings(given, { env: {} });
  const memory = new SpanMemory();
  const own = startOwnSdk(settings, () => ({ processor: memory, destination: 'memory' }));
  // An app of Nest that stops leaves the spans to the test.
  const sdk = { ...own, shutdown: () => Promise.resolve() };
  const withoutNest = new NestTracingApp(settings, sdk, new ModuleTracers(new ModulesContainer()));
  const apps = new Set<NestTracingApp>();
  // A test may keep only an instance of its module, and never close the module.
  const onApp = (app: NestTracingApp): void => {
    app.hasStarted();
    apps.add(app);
  };
  onApp(withoutNest);
  const start: StartTracing = () => ({
    settings,
    warnings: [],
    sdk,
    onApp: (app) => {
      onApp(app);
      void withoutNest.stop();
    },
  });
  const module = TracingModule.forRoot(given);
  const tree = (): string => drawTree(memory.spans);
  return {
    module: {
      ...module,
      providers: [...(module.providers ?? []), { provide: START_TRACING, useValue: start }],
    },
    spans: () => memory.spans,
    tree,
    waitFor: (predicate, timeoutMs = 2000) => waitForSpans(memory, predicate, timeoutMs, tree),
    reset: () => memory.clear(),
    shutdown: async () => {
      for (const app of apps) await app.stop();
      await own.shutdown();
    },
  };
}
