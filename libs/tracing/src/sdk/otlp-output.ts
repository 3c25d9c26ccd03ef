import { getNumberFromEnv } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import { redactSetting } from '../redaction/redact-setting.js';
import { headerVariables } from '../settings/header-variables.js';
import type { Settings } from '../settings/settings.js';
import { ClosableExporter } from './closable-exporter.js';
import { LateEventsExporter } from './late-events-exporter.js';
import { SafeExporter } from './safe-exporter.js';
import { spanLimits } from './span-limits.js';
import type { SpanOutput } from './span-output.js';
import { hidden, withVariables } from './with-variables.js';
import { segmentExporter } from './xray/segment-exporter.js';

/**
 * To the collector, over OTLP/gRPC.
 *
 * Batches every 5 s, as `OTEL_BSP_*` say. Headers, TLS, compression and timeout of the exporter
 * come from `OTEL_EXPORTER_OTLP_*`, which the exporter reads itself.
 */
export function otlpOutput(settings: Settings): SpanOutput {
  const { endpoint, backend } = settings;
  const exporter = new ClosableExporter(createExporter(endpoint));
  const limits = spanLimits();
  const sent = backend === 'xray' ? segmentExporter(exporter, settings) : exporter;
  const processor = new BatchSpanProcessor({
    exporter: new LateEventsExporter(new SafeExporter(sent, limits), limits),
    maxQueueSize: positive('OTEL_BSP_MAX_QUEUE_SIZE'),
    maxExportBatchSize: positive('OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
    scheduledDelayMillis: positive('OTEL_BSP_SCHEDULE_DELAY'),
    exportTimeoutMillis: positive('OTEL_BSP_EXPORT_TIMEOUT'),
  });
  return {
    processor,
    takesLateEvents: true,
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
