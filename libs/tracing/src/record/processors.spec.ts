import { SpanStatusCode } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import {
  outcomesOf,
  noting,
  setUpSituations,
  type Situation,
  type World,
} from '../../test-support/both-providers.js';

setUpSituations();

/** Starts, changes and ends a span and a child, and starts another span although one call may throw. */
function act(world: World): void {
  const { tracer, tick } = world;
  const attempt = (does: string, body: () => unknown): void => {
    try {
      body();
    } catch (error) {
      world.note(`${does} threw`, error);
    }
  };
  attempt('start', () => {
    const span = tracer.startSpan('span', { attributes: { a: 1 } });
    tick(10);
    span.setAttribute('b', 2);
    attempt('end', () => span.end());
    attempt('second end', () => span.end());
    world.note('isRecording', span.isRecording());
  });
  attempt('second start', () => tracer.startSpan('second').end());
}

function fail(): never {
  throw new Error('boom');
}

/** The second of three processors has these methods. */
const among =
  (more: (world: World) => Partial<SpanProcessor>): Situation['processors'] =>
  (world) => [noting(world, 'a'), noting(world, 'b', more(world)), noting(world, 'c')];

/** A processor without the methods that are optional. */
function least(world: World): SpanProcessor {
  const { onStart, onEnd, forceFlush, shutdown } = noting(world, 'least');
  return { onStart, onEnd, forceFlush, shutdown };
}

async function settle(
  world: World,
  does: 'forceFlush' | 'shutdown',
  timeoutMillis?: number,
): Promise<void> {
  const options = timeoutMillis === undefined ? undefined : { timeoutMillis };
  try {
    world.note(`${does} resolved`, await world.provider[does](options));
  } catch (error) {
    world.note(`${does} rejected`, error);
  }
}

const settled =
  (timeoutMillis?: number) =>
  async (world: World): Promise<void> => {
    world.tracer.startSpan('span').end();
    await settle(world, 'forceFlush', timeoutMillis);
    await settle(world, 'shutdown');
  };

const rejecting = {
  forceFlush: async (): Promise<void> => fail(),
  shutdown: async (): Promise<void> => fail(),
};
const throwing = (world: World): SpanProcessor => ({
  ...noting(world, 'throwing'),
  forceFlush: fail,
  shutdown: fail,
});

const situations: readonly Situation[] = [
  { when: 'there is none', processors: () => [], act },
  { when: 'there is one', act },
  { when: 'there is one without onEnding', processors: (world) => [least(world)], act },
  { when: 'there are three', processors: among(() => ({})), act },
  {
    when: 'one of several has no onEnding',
    processors: (world) => [noting(world, 'a'), least(world), noting(world, 'c')],
    act,
  },
  { when: 'onStart throws', processors: among(() => ({ onStart: fail })), act },
  { when: 'onEnding throws', processors: among(() => ({ onEnding: fail })), act },
  { when: 'onEnd throws', processors: among(() => ({ onEnd: fail })), act },
  {
    when: 'onStart changes the span',
    processors: among(() => ({
      onStart: (span) =>
        void span.updateName('changed').setAttribute('a', 'changed').addEvent('event'),
    })),
    act,
  },
  {
    when: 'onStart ends the span',
    processors: among(() => ({ onStart: (span) => span.end() })),
    act,
  },
  {
    when: 'onEnding changes the span',
    processors: among(() => ({
      onEnding(span) {
        span.updateName('changed').setAttribute('late', 1).addEvent('late');
        span.setStatus({ code: SpanStatusCode.ERROR, message: 'late' }).recordException('late');
      },
    })),
    act,
  },
  {
    when: 'onEnd tries to change the span',
    processors: among(() => ({
      onEnd: (span) => void (span as never as { updateName(name: string): void }).updateName('no'),
    })),
    act,
  },
  {
    when: 'onEnd writes to the attributes, name and status',
    processors: among(() => ({
      onEnd(span) {
        span.attributes['late'] = 1;
        delete span.attributes['a'];
        Object.assign(span, { name: 'changed', status: { code: SpanStatusCode.OK } });
      },
    })),
    act,
  },
  {
    when: 'onStart starts a span',
    processors: among((world) => ({
      onStart: (span) => void (span.name === 'span' && world.tracer.startSpan('inner').end()),
    })),
    act,
  },
  { when: 'none is flushed and shut down', processors: () => [], act: settled() },
  { when: 'one is flushed and shut down', act: settled() },
  { when: 'three are flushed and shut down', processors: among(() => ({})), act: settled() },
  { when: 'flush and shutdown reject', processors: among(() => rejecting), act: settled() },
  {
    when: 'all flushes and shutdowns reject',
    processors: (world) => ['a', 'b'].map((name) => noting(world, name, rejecting)),
    act: settled(),
  },
  {
    when: 'flush and shutdown throw',
    processors: (world) => [noting(world, 'a'), throwing(world), noting(world, 'c')],
    act: settled(),
  },
  {
    when: 'a flush takes its time',
    processors: among(() => ({
      forceFlush: () => new Promise((resolve) => void setTimeout(resolve, 20)),
    })),
    act: settled(),
  },
  {
    when: 'a flush takes longer than allowed',
    processors: among(() => ({ forceFlush: () => new Promise(() => {}) })),
    act: async (world) => {
      await world.provider.forceFlush({ timeoutMillis: 10 }).catch((errors: unknown[]) => {
        world.note('rejected', [errors.length, errors[0] instanceof Error]);
      });
    },
  },
];

it.each(situations.map((situation) => [situation.when, situation] as const))(
  'span processors: %s',
  async (_, situation) => {
    const { ours, sdk } = await outcomesOf(situation);
    expect(ours).toEqual(sdk);
  },
);
