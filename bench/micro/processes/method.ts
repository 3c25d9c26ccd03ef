import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Traced, TracingModule, TracingService, type TracingOptions } from 'nestjs-tracing';

/**
 * A method with and without `@Traced()`, called in turn in one state of the app. After each round, the bench
 * gets the nanoseconds per call of both.
 */
class Plain {
  private sum = 0;

  async add(number: number): Promise<number> {
    return (this.sum += number);
  }
}

class Decorated {
  private sum = 0;

  @Traced()
  async add(number: number): Promise<number> {
    return (this.sum += number);
  }
}

type Adder = Pick<Plain, 'add'>;

const CALLS = Number(process.env['BENCH_CALLS']);
const state = process.env['BENCH_STATE'] ?? '';
const states: Record<string, TracingOptions | undefined> = {
  'no app': undefined,
  none: { backend: 'none' },
  dormant: { sampling: 'dormant' },
  unsampled: {},
  sampled: {},
};
const parents: Record<string, string> = {
  unsampled: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`,
  sampled: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
};

async function run(adder: Adder): Promise<number> {
  const start = process.hrtime.bigint();
  for (let i = 0; i < CALLS; i++) await adder.add(i);
  return Number(process.hrtime.bigint() - start) / CALLS;
}

/** Within a request's context, where the state has one. */
async function within<T>(service: TracingService | undefined, work: () => Promise<T>): Promise<T> {
  const traceparent = parents[state];
  if (service === undefined || traceparent === undefined) return work();
  return service.extract({ traceparent }, work);
}

async function start(options: TracingOptions): Promise<TracingService> {
  @Module({ imports: [TracingModule.forRoot({ ...options, logger: false })] })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  return app.get(TracingService);
}

const options = states[state];
const service = options && (await start(options));
const adders: Adder[] = [new Plain(), new Decorated()];
await within(service, async () => {
  for (let round = -3; round < Number(process.env['BENCH_ROUNDS']); round++) {
    const inOrder = round % 2 === 0 ? adders : adders.toReversed();
    const nanos = new Map<Adder, number>();
    for (const adder of inOrder) nanos.set(adder, await run(adder));
    // The rounds before the first are for the compiler.
    if (round >= 0) process.send?.(adders.map((adder) => nanos.get(adder)));
  }
});
process.disconnect();
process.exit();
