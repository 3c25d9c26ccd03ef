import { getNumberFromEnv } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { type SpanProcessor, BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import { hidden, withVariables } from '../with-variables.js';
import { backendOf } from '../../backends/backends.js';
import { headerVariables } from '../../options/environment.js';
import type { Settings } from '../../options/settings.js';
import { redactSetting } from '../../redaction/redact-url.js';
import { ClosableExporter } from './closable-exporter.js';
import { LazyEventsExporter } from './lazy-events-exporter.js';
import { SafeExporter } from './safe-exporter.js';

/** Where finished spans go. The user's own processors see them before. */
export interface SpanOutput {
  readonly processor: SpanProcessor;
  /** Whether it takes the late events of spans; undefined where it reads spans as they are. */
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
export function otlpOutput(settings: Settings): SpanOutput {
  const { endpoint } = settings;
  const exporter = new ClosableExporter(createExporter(endpoint));
  const limits = spanLimits();
  const sent = backendOf(settings).adaptExporter?.(exporter, settings) ?? exporter;
  const processor = new BatchSpanProcessor({
    exporter: new LazyEventsExporter(new SafeExporter(sent, limits), limits),
    maxQueueSize: positive('OTEL_BSP_MAX_QUEUE_SIZE'),
    maxExportBatchSize: positive('OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
    scheduledDelayMillis: positive('OTEL_BSP_SCHEDULE_DELAY'),
    exportTimeoutMillis: positive('OTEL_BSP_EXPORT_TIMEOUT'),
  });
  return {
    processor,
    takesLazyEvents: true,
    destination: `OTLP/gRPC at ${redactSetting(endpoint)}`,
    close: () => exporter.close(),
  };
}

/** Headers that gRPC refuses stop no service: the warning at start tells of them, and none are sent. */
function createExporter(url: string): OTLPTraceExporter {
  try {
    return new OTLPTraceExporter({ url });
  } catch {
    return withVariables(hidden(headerVariables), () => new OTLPTraceExporter({ url }));
  }
}

function positive(variable: string): number | undefined {
  const value = getNumberFromEnv(variable);
  return value !== undefined && value > 0 ? value : undefined;
}

/** The limits of spans, as `OTEL_*_LIMIT` say. */
export interface Limits {
  readonly attributeCountLimit: number | undefined;
  readonly attributeValueLengthLimit: number;
  readonly eventCountLimit: number;
  readonly linkCountLimit: number | undefined;
  readonly attributePerEventCountLimit: number;
  readonly attributePerLinkCountLimit: number | undefined;
}

/** The defaults of the SDK stand where they are told by nobody. */
export function spanLimits(): Limits {
  return {
    attributeCountLimit: limit('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'),
    attributeValueLengthLimit:
      limit('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT') ??
      Infinity,
    eventCountLimit: limit('OTEL_SPAN_EVENT_COUNT_LIMIT') ?? 128,
    linkCountLimit: limit('OTEL_SPAN_LINK_COUNT_LIMIT'),
    attributePerEventCountLimit: limit('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT') ?? 128,
    attributePerLinkCountLimit: limit('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'),
  };
}

function limit(...variables: string[]): number | undefined {
  return variables
    .map((variable) => getNumberFromEnv(variable))
    .find((value) => value !== undefined && value >= 0);
}
