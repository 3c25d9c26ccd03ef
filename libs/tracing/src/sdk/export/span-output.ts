import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { backendOf } from '../../backends/backends.js';
import { headerVariables } from '../../options/environment.js';
import type { Settings } from '../../options/settings.js';
import { redactSetting } from '../../redaction/redact-url.js';
import { withVariables } from '../with-variables.js';
import { ClosableExporter } from './closable-exporter.js';
import { SpanEncoder } from './span-encoder.js';
import { SpanQueue } from './span-queue.js';

/** Where finished spans go. The user's own processors see them before. */
export interface SpanOutput {
  readonly processor: SpanProcessor;
  /** Whether it exports lazy events; undefined if it reads spans as they are. */
  readonly takesLazyEvents?: boolean;
  /** In words, for the line at start. */
  readonly destination: string;
  /** Cuts off exports that are under way and closes their connections, within about 100 ms. */
  close?(): Promise<void>;
}

/**
 * To the collector, over OTLP/gRPC.
 *
 * Batches every 5 s, as `OTEL_BSP_*` say. Headers, TLS, compression and timeout of the exporter
 * come from `OTEL_EXPORTER_OTLP_*`, which the exporter reads itself.
 */
export function otlpOutput(settings: Settings, resource: Resource): SpanOutput {
  const { endpoint, batching } = settings;
  const exporter = new ClosableExporter(createExporter(endpoint));
  const encoder = new SpanEncoder(settings, backendOf(settings));
  return {
    processor: new SpanQueue(encoder, exporter, resource, batching),
    takesLazyEvents: true,
    destination: `OTLP/gRPC at ${redactSetting(endpoint)}`,
    close: () => exporter.close(),
  };
}

/**
 * Headers that gRPC refuses stop no service: the warning at start tells of them, and none are sent. The
 * exporter adds those of the variables to whatever its options say, so the variables must be hidden.
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
 * How many events a span may have, where they may be made when it is exported; undefined where
 * somebody reads it before: a span processor of the app, or an output that keeps spans as they are.
 */
export function lazyEventsLimit(
  { spanProcessors, spanLimits }: Settings,
  { takesLazyEvents = false }: SpanOutput,
): number | undefined {
  return takesLazyEvents && spanProcessors.length === 0 ? spanLimits.eventCountLimit : undefined;
}
