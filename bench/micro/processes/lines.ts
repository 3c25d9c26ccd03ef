import 'reflect-metadata';
import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type INestApplicationContext,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ProxyTracerProvider, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import { TracedLogger, TracingModule, TracingService } from 'nestjs-tracing';
import { createRequire } from 'node:module';
import type { DestinationStream, Logger, LoggerOptions } from 'pino';

/**
 * A logger of one kind, which writes lines when the bench asks for it. The answer is the nanoseconds per
 * line, and the CPU of everything that a line brings, which includes spans and export.
 */
const SPANS = 200;
const LINES_OF_A_SPAN = 20;

type Log = Pick<Logger, 'info' | 'debug'>;

interface Kind {
  readonly logger: Log;
  /** Runs within a span. */
  inSpan<T>(work: () => T): T;
}

const kind = process.env['BENCH_LINES'] ?? '';
const require = createRequire(import.meta.url);
const sends = new NodeSDK({
  traceExporter: new OTLPTraceExporter(),
  metricReaders: [],
  logRecordProcessors: [],
  autoDetectResources: false,
  ...(kind === 'instrumentation-pino' && { instrumentations: [new PinoInstrumentation()] }),
});

type Pino = typeof import('pino').pino;

function toNowhere(): DestinationStream {
  const { destination } = require('pino') as Pino;
  return destination({ dest: '/dev/null', sync: true, minLength: 4096 });
}

function ofPino(options: LoggerOptions = {}): Kind {
  sends.start();
  const logger = (require('pino') as Pino)(options, toNowhere());
  const tracer = trace.getTracer('bench');
  return {
    logger: logger.child({ context: 'Orders', reqId: 'a-request' }),
    inSpan: (work) =>
      tracer.startActiveSpan('work', (span) => {
        const result = work();
        span.end();
        return result;
      }),
  };
}

const ids = (): object => {
  const span = trace.getActiveSpan();
  if (span === undefined) return {};
  const { traceId, spanId, traceFlags } = span.spanContext();
  return { trace_id: traceId, span_id: spanId, trace_flags: `0${traceFlags.toString(16)}` };
};

/** What one would write by hand. */
const byHand: Record<string, () => LoggerOptions> = {
  'mixin by hand': () => ({ mixin: ids }),
  'mixin and addEvent by hand': () => ({
    mixin: ids,
    hooks: {
      logMethod(args, method, level) {
        const [fields, message] = args as unknown as [Record<string, string | number>, string];
        const { context } = this.bindings() as Record<string, string>;
        const attributes = { level, context, ...fields } as Record<string, string | number>;
        trace.getActiveSpan()?.addEvent(message, attributes);
        method.apply(this, args);
      },
    },
  }),
};

@Injectable()
class Ours {
  constructor(@Inject(TracedLogger) readonly logger: TracedLogger) {}
}

@Injectable()
class Plain {
  constructor(@Inject(PinoLogger) readonly logger: PinoLogger) {
    logger.setContext('Plain');
  }
}

async function start(
  imports: DynamicModule[],
  provider: typeof Ours | typeof Plain,
): Promise<INestApplicationContext> {
  @Module({ imports, providers: [provider] })
  class AppModule {}
  return NestFactory.createApplicationContext(AppModule, { logger: false });
}

/** The loggers of Nest apps: through `PinoLogger`'s own methods, or as pino's that is below. */
async function ofNest(spanEvents: string | false | undefined, isDirect: boolean): Promise<Kind> {
  const app = await start(
    [TracingModule.forRoot({ logger: { spanEvents, pinoHttp: [{}, toNowhere()] } as object })],
    Ours,
  );
  const { logger } = app.get(Ours);
  const service = app.get(TracingService);
  return {
    logger: isDirect
      ? logger.logger.child({ context: 'Orders', reqId: 'a-request' })
      : (logger as unknown as Log),
    inSpan: (work) =>
      service.withSpan('work', (span) => {
        // The span starts when it is used for the first time, which must not count as a line.
        span.isRecording();
        return work();
      }),
  };
}

async function ofNestjsPino(): Promise<Kind> {
  const { inSpan } = ofPino();
  const app = await start([LoggerModule.forRoot({ pinoHttp: [{}, toNowhere()] })], Plain);
  return { logger: app.get(Plain).logger as unknown as Log, inSpan };
}

async function make(): Promise<Kind> {
  switch (kind) {
    case 'ids':
      return ofNest(false, true);
    case 'ids and event':
      return ofNest(undefined, true);
    case 'TracedLogger, ids':
      return ofNest(false, false);
    case 'TracedLogger, ids and event':
      return ofNest(undefined, false);
    case 'PinoLogger':
      return ofNestjsPino();
    default:
      return ofPino(byHand[kind]?.());
  }
}

const { logger, inSpan } = await make();

function nanos(write: (at: number) => void): number {
  const begin = process.hrtime.bigint();
  for (let at = 0; at < LINES_OF_A_SPAN; at++) write(at);
  return Number(process.hrtime.bigint() - begin);
}

const line = (quantity: number): void => logger.info({ sku: 'tea', quantity }, 'placing an order');
const off = (quantity: number): void => logger.debug({ sku: 'tea', quantity }, 'placing an order');

async function measure(): Promise<Record<string, number>> {
  const batches: Record<string, number[]> = {
    'in a span': [],
    'without a span': [],
    'level off': [],
  };
  const before = process.cpuUsage();
  for (let span = 0; span < SPANS; span++) batches['in a span']?.push(inSpan(() => nanos(line)));
  const provider = trace.getTracerProvider() as ProxyTracerProvider;
  await (provider.getDelegate() as unknown as { forceFlush(): Promise<void> }).forceFlush();
  const { user, system } = process.cpuUsage(before);
  for (let span = 0; span < SPANS; span++) batches['without a span']?.push(nanos(line));
  for (let span = 0; span < SPANS; span++) batches['level off']?.push(inSpan(() => nanos(off)));
  // Medians: other processes, and the garbage collector, interrupt some of the batches.
  const perLine = Object.entries(batches).map(([state, times]) => [
    state,
    times.toSorted((a, b) => a - b)[SPANS / 2]! / LINES_OF_A_SPAN,
  ]);
  const lines = SPANS * LINES_OF_A_SPAN;
  return { ...Object.fromEntries(perLine), 'CPU of all': ((user + system) * 1000) / lines };
}

process.on('message', () => void measure().then((sample) => process.send?.(sample)));
process.on('disconnect', () => process.exit());
process.send?.('ready');
