const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-grpc');
const { GrpcInstrumentation } = require('@opentelemetry/instrumentation-grpc');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { NodeSDK } = require('@opentelemetry/sdk-node');

// nestjs-otel creates no spans for requests and calls: its README uses the stock instrumentations for these.
new NodeSDK({
  traceExporter: new OTLPTraceExporter(),
  instrumentations: [new HttpInstrumentation(), new GrpcInstrumentation()],
  metricReaders: [],
  logRecordProcessors: [],
}).start();

exports.imports = () => {
  const { OpenTelemetryModule } = require('nestjs-otel');
  return [OpenTelemetryModule.forRoot()];
};

// As `@Span()` on the handler.
exports.decorateHandler = (prototype, method) => {
  const { Span } = require('nestjs-otel');
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
  Span()(prototype, method, descriptor);
  Object.defineProperty(prototype, method, descriptor);
};
