import { status } from '@grpc/grpc-js';
import { OtlpReceiver } from '@shop/otlp';
import type { TracingHealth } from 'nestjs-tracing';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { FaultyNetwork, type NetworkFault } from './support/faulty-network.ts';
import { TracedApp } from './support/traced-app.ts';

const rounds = Number(process.env['CHAOS_ROUNDS'] ?? 6);
const firstSeed = Number(process.env['CHAOS_SEED'] ?? 1);

/** Milliseconds that a fault lasts. */
const FAULT_MS = 1500;
const SPANS_PER_REQUEST = 100;

interface Fault {
  readonly name: string;
  readonly network?: NetworkFault;
  readonly answers?: OtlpReceiver['trouble'];
}

const faults: readonly Fault[] = [
  { name: 'none' },
  { name: 'cut', network: 'cut' },
  { name: 'black hole', network: 'black hole' },
  { name: 'slow network', network: 'slow' },
  { name: 'slow answers', answers: { delay: 700 } },
  { name: 'unavailable', answers: { status: { code: status.UNAVAILABLE, details: 'chaos' } } },
  { name: 'refusing', answers: { status: { code: status.INVALID_ARGUMENT, details: 'chaos' } } },
];

/** @see https://en.wikipedia.org/wiki/Linear_congruential_generator */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed >>> 0; ;) {
    state = (1664525 * state + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

it(
  `rules 23, 35: no span is lost without being counted, whatever happens (seed ${firstSeed})`,
  async () => {
    const receiver = await OtlpReceiver.start();
    const network = await FaultyNetwork.start(receiver.port);
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: network.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
      TRACING_MAX_QUEUE_BYTES: '1000000',
    };
    await using app = await TracedApp.start('export-app', { env });
    try {
      const random = numbers(firstSeed);
      const story: string[] = [];
      let ended = 0;
      for (let round = 0; round < rounds; round++) {
        const fault = faults[Math.floor(random.next().value * faults.length)]!;
        story.push(fault.name);
        await network.become(fault.network ?? 'none');
        receiver.trouble = fault.answers ?? {};
        const until = performance.now() + FAULT_MS;
        while (performance.now() < until) {
          const response = await app.fetch(`/spans/${ended}/${SPANS_PER_REQUEST}`);
          expect({ story, code: response.status }).toEqual({ story, code: 200 });
          await response.text();
          ended += SPANS_PER_REQUEST;
          await setTimeout(20);
        }
      }
      await network.become('none');
      receiver.trouble = {};
      const health = async (): Promise<TracingHealth> =>
        (await (await app.fetch('/health')).json()) as TracingHealth;
      await expect
        .poll(health, { timeout: 30_000, interval: 100, message: story.join(', ') })
        .toMatchObject({ queued: 0 });
      const { exported, dropped } = await health();
      const lost = dropped.queueFull + dropped.exportFailed + dropped.rejected + dropped.shutdown;
      // A request whose answer was cut off is sent again, so a span may arrive twice.
      const received = new Set(receiver.spans.map(({ name }) => name)).size;
      const arrived = ended - lost;
      const seen = { story, exported, received };
      expect(seen).toEqual({ story, exported: arrived, received: arrived });
    } finally {
      await network.close();
      await receiver.close();
    }
  },
  60_000 + 3 * rounds * FAULT_MS,
);
