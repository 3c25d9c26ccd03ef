/** What is compared, each in one version, so that the page is the same until one of them is changed here. */
export const versions = {
  stock: {
    '@opentelemetry/instrumentation-express': '0.72.0',
    '@opentelemetry/instrumentation-grpc': '0.300.0',
    '@opentelemetry/instrumentation-http': '0.301.0',
    '@opentelemetry/instrumentation-nestjs-core': '0.71.0',
    '@opentelemetry/instrumentation-undici': '0.34.0',
    '@opentelemetry/exporter-trace-otlp-grpc': '0.301.0',
    '@opentelemetry/sdk-node': '0.301.0',
  },
  app: {
    '@grpc/grpc-js': '1.14.7',
    '@nestjs/common': '11.2.10',
    '@nestjs/core': '11.2.10',
    '@nestjs/microservices': '11.2.6',
    '@nestjs/platform-express': '11.2.10',
    '@opentelemetry/api': '1.10.0',
    'nestjs-pino': '5.2.1',
    pino: '10.4.0',
    'pino-http': '11.0.0',
  },
} as const;
