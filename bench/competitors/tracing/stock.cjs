const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-grpc');
const { GrpcInstrumentation } = require('@opentelemetry/instrumentation-grpc');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { NestInstrumentation } = require('@opentelemetry/instrumentation-nestjs-core');
const { PinoInstrumentation } = require('@opentelemetry/instrumentation-pino');
const { NodeSDK } = require('@opentelemetry/sdk-node');

// The stock instrumentations, as their READMEs set them up for CommonJS: loaded with `--require`.
new NodeSDK({
  traceExporter: new OTLPTraceExporter(),
  instrumentations: [
    new HttpInstrumentation(),
    new GrpcInstrumentation(),
    new NestInstrumentation(),
    new PinoInstrumentation(),
  ],
  metricReaders: [],
  logRecordProcessors: [],
}).start();
