import { inspect } from 'node:util';
import {
  context,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  TraceFlags,
  type Context,
  type SpanContext,
} from '@opentelemetry/api';
import { suppressTracing, TraceState } from '@opentelemetry/core';
import {
  AlwaysOffSampler,
  ParentBasedSampler,
  SamplingDecision,
  type Sampler,
  type SamplingResult,
  type Span,
} from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import {
  outcomesOf,
  noting,
  setUpSituations,
  type Situation,
  type World,
} from '../../test-support/both-providers.js';

setUpSituations();

/** What callers pass although the types do not allow it. */
const any = (value: unknown): never => value as never;

const parentContext: SpanContext = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  traceFlags: TraceFlags.SAMPLED,
};

const parents: Readonly<Record<string, SpanContext>> = {
  'a parent': parentContext,
  'an unsampled parent': { ...parentContext, traceFlags: TraceFlags.NONE },
  'a remote parent': { ...parentContext, isRemote: true },
  'a parent with trace state': { ...parentContext, traceState: new TraceState('a=1,b=2') },
  'a parent with further flags': { ...parentContext, traceFlags: 0xff },
  'an invalid parent': INVALID_SPAN_CONTEXT,
  'a parent without trace ID': { ...parentContext, traceId: '' },
  'a parent with an invalid span ID': { ...parentContext, spanId: 'xyz' },
  'a parent of a wrong type': any('parent'),
};

const below = (parent: SpanContext, scope: Context = ROOT_CONTEXT): Context =>
  trace.setSpanContext(scope, parent);

const { NOT_RECORD, RECORD, RECORD_AND_SAMPLED } = SamplingDecision;

/** A sampler that notes what it is asked. */
function sampling(result: SamplingResult | (() => SamplingResult)): (world: World) => Sampler {
  return (world) => ({
    shouldSample(scope, ...asked) {
      world.note('shouldSample', [trace.getSpan(scope)?.spanContext(), ...asked]);
      return typeof result === 'function' ? result() : result;
    },
    toString: () => 'noting',
  });
}

const results: Readonly<Record<string, SamplingResult>> = {
  NOT_RECORD: { decision: NOT_RECORD },
  RECORD: { decision: RECORD },
  RECORD_AND_SAMPLED: { decision: RECORD_AND_SAMPLED },
  'NOT_RECORD with trace state': { decision: NOT_RECORD, traceState: new TraceState('s=1') },
  'RECORD with trace state': { decision: RECORD, traceState: new TraceState('s=1') },
  'no attributes': { decision: RECORD_AND_SAMPLED, attributes: {} },
  attributes: {
    decision: RECORD_AND_SAMPLED,
    attributes: { rule: 'x', a: 'by the sampler', b: 1 },
  },
  'invalid attributes': {
    decision: RECORD,
    attributes: { '': 1, rule: any(1n), bad: 'mended', d: any(undefined) },
  },
};

const given = {
  kind: SpanKind.CLIENT,
  attributes: { a: 1, '': 'empty', bad: any(1n), list: ['abcdef'], d: any(undefined) },
  links: [{ context: parentContext, attributes: { a: 'abcdef', bad: any(1n) } }],
};

const sampled: readonly Situation[] = [
  ...Object.entries(results).flatMap(([kind, result]) => [
    ...Object.entries(parents).map(([parent, spanContext]) => ({
      when: `the sampler returns ${kind} below ${parent}`,
      sampler: sampling(result),
      act: ({ tracer }: World) => tracer.startSpan('span', {}, below(spanContext)),
    })),
    ...[
      {},
      { attributeCountLimit: 2, attributeValueLengthLimit: 3 },
      { attributeCountLimit: 0 },
    ].map((limits) => ({
      when: `the sampler returns ${kind} with attributes and links, and limits ${inspect(limits)}`,
      limits,
      sampler: sampling(result),
      act: ({ tracer }: World) => {
        const span = tracer.startSpan('span', given);
        span.setAttribute('later', 1).end();
        return [span, span.isRecording()];
      },
    })),
  ]),
  {
    when: 'the sampler throws',
    sampler: sampling(() => {
      throw new Error('no rules');
    }),
    act: ({ tracer }) => tracer.startSpan('span'),
  },
  {
    when: 'the sampler changes the attributes that it is given',
    sampler: () => ({
      shouldSample(_scope, _traceId, _name, _kind, attributes) {
        attributes['by'] = 'the sampler';
        return { decision: RECORD };
      },
      toString: () => 'changing',
    }),
    act: ({ tracer }) => [tracer.startSpan('span'), tracer.startSpan('span', given)],
  },
  {
    when: 'the sampler follows the parent',
    sampler: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
    act: ({ tracer }) =>
      Object.values(parents).map((parent) => tracer.startSpan('span', {}, below(parent))),
  },
];

const started: readonly Situation[] = [
  ...Object.entries(parents).flatMap(([kind, parent]) => [
    {
      when: `a span starts below ${kind}`,
      act: ({ tracer }: World) => tracer.startSpan('span', {}, below(parent)),
    },
    {
      when: `a root span starts below ${kind}`,
      sampler: sampling({ decision: RECORD_AND_SAMPLED }),
      act: ({ tracer }: World) => tracer.startSpan('span', { root: true }, below(parent)),
    },
    {
      when: `tracing is suppressed below ${kind}`,
      act: ({ tracer }: World) => [
        tracer.startSpan('span', {}, suppressTracing(below(parent))),
        tracer.startSpan('span', { root: true }, suppressTracing(below(parent))),
      ],
    },
    {
      when: `${kind} is active`,
      act: ({ tracer }: World) => context.with(below(parent), () => tracer.startSpan('span')),
    },
  ]),
  ...[undefined, null, 0, 1, 2, 3, 4, 9].map((kind) => ({
    when: `the kind is ${kind}`,
    act: ({ tracer }: World) => tracer.startSpan('span', { kind: any(kind) }),
  })),
  ...[undefined, null, '', 5, {}].map((name) => ({
    when: `the name is ${inspect(name)}`,
    act: ({ tracer }: World) => tracer.startSpan(any(name)),
  })),
  ...['kind', 'attributes', 'links', 'startTime', 'root'].map((option) => ({
    when: `the option ${option} is null`,
    act: ({ tracer }: World) => tracer.startSpan('span', { [option]: null }),
  })),
  { when: 'the options are null', act: ({ tracer }) => tracer.startSpan('span', any(null)) },
  {
    when: 'spans are nested',
    act: ({ tracer, tick }) => {
      const parent = tracer.startSpan('parent');
      tick(3);
      const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent));
      tick(4);
      parent.end();
      tick(5);
      tracer.startSpan('late child', {}, trace.setSpan(ROOT_CONTEXT, parent)).end();
      child.end();
    },
  },
  {
    when: 'the context given to the sampler is also given to the processor',
    sampler: sampling({ decision: RECORD }),
    processors: (world) => [
      noting(world, 'a', {
        onStart: (_, scope) => world.note('value', scope.getValue(key)),
      }),
    ],
    act: ({ tracer }) => {
      const scope = below(parentContext).setValue(key, 'the value');
      return [tracer.startSpan('span', {}, scope), tracer.startSpan('b', { root: true }, scope)];
    },
  },
];
const key = Symbol('key');

/** Returns what is active in a callback. */
const active = (...args: unknown[]): unknown => [args, trace.getActiveSpan() === args[0]];

const overloads: readonly Situation[] = [
  { when: 'a function is given', act: ({ tracer }) => tracer.startActiveSpan('span', active) },
  {
    when: 'options and a function are given',
    act: ({ tracer }) => tracer.startActiveSpan('span', given, active),
  },
  {
    when: 'options, a context and a function are given',
    act: ({ tracer }) => tracer.startActiveSpan('span', given, below(parentContext), active),
  },
  {
    when: 'the context is undefined',
    act: ({ tracer }) => tracer.startActiveSpan('span', given, any(undefined), active),
  },
  {
    when: 'the options are undefined',
    act: ({ tracer }) => tracer.startActiveSpan('span', any(undefined), active),
  },
  {
    when: 'a root span is made active below a parent',
    act: ({ tracer }) =>
      tracer.startActiveSpan('span', { root: true }, below(parentContext), active),
  },
  {
    when: 'tracing is suppressed',
    act: ({ tracer }) =>
      tracer.startActiveSpan('span', {}, suppressTracing(below(parentContext)), active),
  },
  { when: 'no function is given', act: ({ tracer }) => (tracer.startActiveSpan as any_)('span') },
  {
    when: 'the function throws, and the span stays open',
    act: ({ tracer }) =>
      tracer.startActiveSpan('span', () => {
        throw new Error('boom');
      }),
  },
  {
    when: 'the function is asynchronous, and the span stays active in it',
    act: ({ tracer }) =>
      tracer.startActiveSpan('span', async (span) => {
        await Promise.resolve();
        const isActive = trace.getActiveSpan() === span;
        span.end();
        return isActive;
      }),
  },
  {
    when: 'active spans are nested',
    act: ({ tracer }) =>
      tracer.startActiveSpan('a', (a) =>
        tracer.startActiveSpan('b', (b) => {
          b.end();
          tracer.startSpan('c').end();
          a.end();
          return trace.getActiveSpan() === b;
        }),
      ),
  },
];
type any_ = (name: string) => unknown;

const providers: readonly Situation[] = [
  {
    when: 'tracers are asked for again',
    act: ({ provider }) => {
      const tracers = [
        provider.getTracer('a'),
        provider.getTracer('a', ''),
        provider.getTracer('a', '1'),
        provider.getTracer('a', '1', {}),
        provider.getTracer('a', '1', { schemaUrl: 's' }),
        provider.getTracer('a', any(null), any(null)),
        provider.getTracer('b', '1', { schemaUrl: 's' }),
        provider.getTracer(''),
        provider.getTracer(any(undefined)),
        provider.getTracer('a'),
        provider.getTracer('b', '1', { schemaUrl: 's' }),
      ];
      const made = tracers.map((tracer) => tracer.startSpan('span') as Span);
      return [tracers.map((tracer) => tracers.indexOf(tracer)), made];
    },
  },
  {
    when: 'the scope of a tracer is read',
    act: ({ tracer }) =>
      (tracer as never as { instrumentationScope: unknown }).instrumentationScope,
  },
  {
    when: 'it is used after it was shut down',
    async act({ provider, tracer }) {
      await provider.shutdown();
      tracer.startSpan('span').end();
      provider.getTracer('another').startSpan('span').end();
      await provider.forceFlush();
      await provider.shutdown();
    },
  },
  {
    when: 'a span is inspected, open and ended',
    act({ tracer }) {
      const span = tracer.startSpan('the name', given);
      const open = inspect(span).includes('the name');
      span.end();
      return [open, inspect(span, { depth: 0 }) !== '', inspect([span], { depth: -1 }) !== ''];
    },
  },
];

describe.each(Object.entries({ started, sampled, overloads, providers }))(
  'a tracer: %s',
  (_, situations) => {
    it.each(situations.map((situation) => [situation.when, situation] as const))(
      '%s',
      async (_, situation) => {
        const { ours, sdk } = await outcomesOf(situation);
        expect(ours).toEqual(sdk);
      },
    );
  },
);
