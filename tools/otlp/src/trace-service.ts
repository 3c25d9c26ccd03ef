import { fileURLToPath } from 'node:url';
import type { MethodDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ServiceDefinition } from '@grpc/proto-loader';
import type { ExportTraceRequest } from './export-trace-request.ts';

export interface ExportTraceResponse {
  partialSuccess?: { rejectedSpans?: string; errorMessage?: string };
}

const definition = loadSync('opentelemetry/proto/collector/trace/v1/trace_service.proto', {
  includeDirs: [fileURLToPath(new URL('../proto', import.meta.url))],
  longs: String,
});

/** `Export` of OTLP's TraceService, as the proto files define it. */
export const exportTraces = (
  definition['opentelemetry.proto.collector.trace.v1.TraceService'] as ServiceDefinition
)['Export'] as MethodDefinition<ExportTraceRequest, ExportTraceResponse>;

/** Decodes the bytes of an `ExportTraceServiceRequest`. */
export function decodeTraceRequest(bytes: Uint8Array): ExportTraceRequest {
  return exportTraces.requestDeserialize(Buffer.from(bytes));
}
