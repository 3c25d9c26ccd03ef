import { register } from 'node:module';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { NodeSDK } from '@opentelemetry/sdk-node';

/**
 * The stock instrumentations, as the OpenTelemetry docs set them up for ES modules: loaded with `--import`.
 * `instrumentation-nestjs-core` does not support Nest 12, so `competitors/tracing/stock.cjs` has it.
 */
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

new NodeSDK({
  traceExporter: new OTLPTraceExporter(),
  instrumentations: [
    new HttpInstrumentation(),
    new GrpcInstrumentation(),
    new PinoInstrumentation(),
    ...(process.env['BENCH_LOGS'] === 'yes' ? [new IORedisInstrumentation()] : []),
  ],
  metricReaders: [],
  logRecordProcessors: [],
}).start();
