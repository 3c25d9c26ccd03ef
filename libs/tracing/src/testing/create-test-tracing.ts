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

/** Tracing for a test, with the ended spans in memory. */
export interface TestTracing {
  /** Import this instead of `TracingModule.forRoot()`. */
  readonly module: DynamicModule;
  /** Returns the ended spans, in the order in which they ended. */
  spans(): ReadableSpan[];
  /** Returns the ended spans and their events as an indented tree, for inline snapshots. */
  tree(): string;
  /**
   * Waits until a predicate returns true for the ended spans. A predicate that throws counts as false.
   *
   * @example `await tracing.waitFor((spans) => spans.some(({ name }) => name === 'GET /orders/:id'))`
   * @param timeoutMs in milliseconds. @default 2000
   * @throws Error with the tree of the ended spans if the time is over
   */
  waitFor(
    predicate: (spans: ReadableSpan[]) => boolean,
    timeoutMs?: number,
  ): Promise<ReadableSpan[]>;
  /** Removes the ended spans. */
  reset(): void;
  /** Ends tracing. The spans can still be read. */
  shutdown(): Promise<void>;
}

/**
 * Starts tracing for a test. Ended spans are kept in memory, and nothing is exported.
 *
 * With Nest, import `module` instead of `TracingModule.forRoot()`; each app gets its own tracing. Without
 * Nest, `@Traced()` methods are recorded as long as no other tracing runs in the process.
 *
 * @example
 * ```ts
 * const tracing = createTestTracing();
 * const app = await Test.createTestingModule({ imports: [tracing.module, OrdersModule] }).compile();
 * await app.get(OrdersService).place('SKU-1');
 * expect(tracing.tree()).toMatchInlineSnapshot();
 * await app.close();
 * ```
 * @param options those of `forRoot()`. The default service is `test` and the default backend `jaeger`.
 *   Environment variables are not read.
 * @throws TracingSettingsError with every invalid option
 */
export function createTestTracing(options: Partial<TracingOptions> = {}): TestTracing {
  const given: TracingOptions = { service: 'test', backend: 'jaeger', ...options };
  const { settings } = readSettings(given, { env: {} });
  const memory = new SpanMemory();
  const own = startOwnSdk(settings, () => ({ processor: memory, destination: 'memory' }));
  // The spans stay available when a Nest app stops.
  const sdk = { ...own, shutdown: () => Promise.resolve() };
  const withoutNest = new NestTracingApp(settings, sdk, new ModuleTracers(new ModulesContainer()));
  const apps = new Set<NestTracingApp>();
  // A test may keep only an instance from its module, and never close the module.
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
