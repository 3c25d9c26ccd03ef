import 'reflect-metadata';
import { setImmediate } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { trace, type ProxyTracerProvider, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { TracingModule } from 'nestjs-tracing';

/** Starts the SDK that `BENCH_SDK` names, and resolves to a tracer of it. */
export async function startTracer(): Promise<Tracer> {
  if (process.env['BENCH_SDK'] === 'stock') {
    new NodeSDK({
      traceExporter: new OTLPTraceExporter(),
      metricReaders: [],
      logRecordProcessors: [],
      autoDetectResources: false,
    }).start();
  } else {
    @Module({ imports: [TracingModule.forRoot({ logger: false })] })
    class AppModule {}
    await NestFactory.createApplicationContext(AppModule, { logger: false });
  }
  return trace.getTracer('bench');
}

/** Resolves when all ended spans have been sent. */
export async function flush(): Promise<void> {
  const provider = trace.getTracerProvider() as ProxyTracerProvider;
  await (provider.getDelegate() as unknown as { forceFlush(): Promise<void> }).forceFlush();
}

/** Starts and ends a span with ten attributes. */
export function makeSpan(tracer: Tracer, index: number): void {
  const attributes = {
    'http.request.method': 'GET',
    'http.route': '/orders/:id',
    'http.response.status_code': 200,
    'url.path': `/orders/${index}`,
    'url.scheme': 'http',
    'server.address': 'orders.shop.test',
    'server.port': 8080,
    'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64)',
    'order.quantity': index % 10,
    'order.express': index % 2 === 0,
  };
  tracer.startSpan('GET /orders/:id', { attributes }).end();
}

/** Makes spans, in turns of the event loop of 100 spans. Resolves to the nanoseconds of making them. */
export async function makeSpans(tracer: Tracer, count: number): Promise<number> {
  let nanos = 0n;
  for (let made = 0; made < count;) {
    const start = process.hrtime.bigint();
    for (const end = Math.min(count, made + 100); made < end; made++) makeSpan(tracer, made);
    nanos += process.hrtime.bigint() - start;
    await setImmediate();
  }
  return Number(nanos);
}

/** Answers each message of the bench. */
export function answerBench<Question>(answer: (question: Question) => Promise<object>): void {
  process.on('message', (question: Question) => {
    void answer(question).then((result) => process.send?.(result));
  });
  process.on('disconnect', () => process.exit());
  process.send?.({});
}
