import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { backendOf } from '../../backends/backends.js';
import { headerVariables } from '../../options/environment.js';
import type { Settings } from '../../options/settings.js';
import { redactSetting } from '../../redaction/redact-url.js';
import { withVariables } from '../with-variables.js';
import type { UnsentRequests } from './blocking-export.js';
import { ClosableExporter } from './closable-exporter.js';
import { ExportHealth } from './export-health.js';
import { SpanEncoder } from './span-encoder.js';
import { SpanQueue } from './span-queue.js';

/** The end of the pipeline of spans, after the span processors of the app. */
export interface SpanOutput {
  readonly processor: SpanProcessor;
  /** Whether it exports lazy events; undefined if it reads spans as they are. */
  readonly takesLazyEvents?: boolean;
  /** Describes the destination, for the startup line. */
  readonly destination: string;
  /** Undefined if nothing is sent. */
  readonly health?: ExportHealth;
  /** Takes what was not exported yet. Undefined if nothing is sent. */
  readonly takeUnsent?: () => UnsentRequests;
  /** Cuts off exports that are under way and closes their connections, within about 100 ms. */
  close?(): Promise<void>;
}

/**
 * Exports spans to a collector over OTLP/gRPC, in batches as configured by `OTEL_BSP_*`. The exporter reads
 * `OTEL_EXPORTER_OTLP_*` itself, for headers, TLS, compression and timeout.
 */
export function otlpOutput(settings: Settings, resource: Resource): SpanOutput {
  const { endpoint, batching } = settings;
  const exporter = new ClosableExporter(createExporter(endpoint), endpoint);
  const encoder = new SpanEncoder(settings, backendOf(settings));
  const health = new ExportHealth(redactSetting(endpoint), limitsOf(batching));
  const queue = new SpanQueue({ encoder, exporter, resource, batching, health });
  return {
    processor: queue,
    takesLazyEvents: true,
    destination: `OTLP/gRPC at ${redactSetting(endpoint)}`,
    health,
    takeUnsent: () => ({ collector: exporter.collector(), requests: queue.takeUnsent() }),
    close: () => queue.close(),
  };
}

function limitsOf({ maxQueueSize, maxQueueBytes }: Settings['batching']): string {
  const megabytes = `${Number((maxQueueBytes / 2 ** 20).toFixed(1))} MiB`;
  return maxQueueSize === undefined ? megabytes : `${maxQueueSize} spans, ${megabytes}`;
}

/**
 * Creates the exporter. Headers that gRPC does not accept must not make the start fail: a warning reports them,
 * and none are sent. The exporter always adds the headers of the variables, so the variables are hidden.
 */
function createExporter(url: string): OTLPTraceExporter {
  try {
    return new OTLPTraceExporter({ url });
  } catch {
    const hidden = Object.fromEntries(headerVariables.map((name) => [name, undefined]));
    return withVariables(hidden, () => new OTLPTraceExporter({ url }));
  }
}

/**
 * Returns the maximum number of lazy events per span. Undefined if a span processor of the app, or an output
 * that keeps spans, reads events before the export.
 */
export function lazyEventsLimit(
  { spanProcessors, spanLimits }: Settings,
  { takesLazyEvents = false }: SpanOutput,
): number | undefined {
  return takesLazyEvents && spanProcessors.length === 0 ? spanLimits.eventCountLimit : undefined;
}
