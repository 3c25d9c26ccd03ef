import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { logVerbosity, Metadata, setLogVerbosity } from '@grpc/grpc-js';
import {
  defaultTextMapSetter,
  ROOT_CONTEXT,
  trace,
  type Context,
  type TextMapPropagator,
} from '@opentelemetry/api';
import { beforeAll, describe, expect, it } from 'vitest';
import { hostileHeaders, type HostileHeaders } from '../../test-support/hostile-headers.js';
import { Random } from '../../test-support/random-class/random.js';
import { metadataGetter, metadataSetter } from '../grpc/metadata.js';
import { headerGetter } from '../http/attributes.js';
import { createPropagator } from '../sdk/propagator.js';
import { readSettings } from '../options/read-settings.js';
import { extractContext } from './remote-parent.js';

/** The same cases every time, unless another seed is given: each case can be run alone. */
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const cases = Number(process.env['FUZZ_CASES'] ?? 100_000);

function propagatorOf(backend: 'jaeger' | 'xray'): TextMapPropagator {
  return createPropagator(readSettings({ service: 'test', backend }, { env: {} }).settings);
}

/** Milliseconds that a busy machine needs for a megabyte at the most; a quadratic reader needs hours. */
const QUADRATIC = 60_000;

const propagator = propagatorOf('jaeger');
const backends = {
  jaeger: { propagator, traceId: (hostile: HostileHeaders) => hostile.traceId },
  xray: {
    propagator: propagatorOf('xray'),
    traceId: (hostile: HostileHeaders) => hostile.xrayTraceId,
  },
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

// grpc-js logs every entry that it leaves out.
beforeAll(() => setLogVerbosity(logVerbosity.NONE));

const carriers = {
  'HTTP headers': {
    read: (propagator: TextMapPropagator, { headers }: HostileHeaders) =>
      extractContext(propagator, ROOT_CONTEXT, headers, headerGetter),
    write: (propagator: TextMapPropagator, context: Context) => {
      const sent: Record<string, string> = {};
      propagator.inject(context, sent, defaultTextMapSetter);
      return sent;
    },
  },
  'gRPC metadata': {
    read: (propagator: TextMapPropagator, { headers }: HostileHeaders) =>
      extractContext(propagator, ROOT_CONTEXT, Metadata.fromHttp2Headers(headers), metadataGetter),
    write: (propagator: TextMapPropagator, context: Context) => {
      const sent = new Metadata();
      propagator.inject(context, sent, metadataSetter);
      return sent.toHttp2Headers();
    },
  },
};

const ways = Object.entries(carriers).flatMap(([carrier, { read, write }]) =>
  Object.entries(backends).map(([backend, of]) => ({ carrier, backend, read, write, ...of })),
);
const share = Math.ceil(cases / ways.length);

describe.each(ways)('$carrier, backend $backend', ({ propagator, traceId, read, write }) => {
  it(`rule 15: hostile trace headers break nothing (seed ${seed}, ${share} cases)`, () => {
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < share; index++) {
      const hostile = hostileHeaders(new Random(seed + index));
      const context = read(propagator, hostile);
      const expected = traceId(hostile);
      const sent = write(propagator, context);
      const baggage = String(sent['baggage'] ?? '');
      const isRight =
        (expected === undefined || trace.getSpanContext(context)?.traceId === expected) &&
        baggage.length <= 8192 &&
        baggage.split(',').length <= 180 &&
        // The propagated headers are valid: both have the same trace ID, or neither is sent.
        isSameTrace(sent['traceparent'], sent['x-amzn-trace-id']);
      // An expectation each would take longer than the cases.
      if (!isRight) expect.fail(`FUZZ_SEED=${seed + index}: ${JSON.stringify(hostile)}`);
    }
    collectGarbage();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
  }, 300_000);
});

function isSameTrace(traceparent: unknown, xray: unknown): boolean {
  if (xray === undefined) return true;
  const header = /^Root=1-([\da-f]{8})-([\da-f]{24});Parent=([\da-f]{16});Sampled=([01])$/;
  const [, time, rest, parent, sampled] = header.exec(String(xray)) ?? [];
  const flags = Number.parseInt(String(traceparent).slice(-2), 16);
  return (
    String(traceparent).startsWith(`00-${time}${rest}-${parent}-`) && flags % 2 === Number(sampled)
  );
}

describe('rule 15', () => {
  const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;

  it.each([
    ['many entries', 'a=b,'.repeat(250_000)],
    ['one entry', `a=${'b'.repeat(1_000_000)}`],
    ['commas', ','.repeat(1_000_000)],
    ['escapes', `a=${'%'.repeat(1_000_000)}`],
    ['spaces', `a${' '.repeat(1_000_000)}=b`],
  ])('a megabyte of baggage, %s, takes no quadratic time', { timeout: QUADRATIC }, (_, baggage) => {
    const context = extractContext(
      propagator,
      ROOT_CONTEXT,
      { traceparent, baggage, tracestate: baggage },
      headerGetter,
    );
    expect(trace.getSpanContext(context)?.traceId).toBe('ab'.repeat(16));
  });

  it.each([
    ['fields', 'a=b;'.repeat(250_000)],
    ['one field', `Root=${'1'.repeat(1_000_000)}`],
    ['separators', ';'.repeat(1_000_000)],
    ['spaces', `Root${' '.repeat(1_000_000)}=`],
  ])(
    'a megabyte of X-Ray header, %s, takes no quadratic time',
    { timeout: QUADRATIC },
    (_, header) => {
      const headers = { traceparent, 'x-amzn-trace-id': header };
      const context = extractContext(propagatorOf('xray'), ROOT_CONTEXT, headers, headerGetter);
      expect(trace.getSpanContext(context)?.traceId).toBe('ab'.repeat(16));
    },
  );

  it('what metadata cannot hold is left out, and the rest is sent', () => {
    const context = extractContext(
      propagator,
      ROOT_CONTEXT,
      { traceparent, baggage: 'user=1;name=\u00e9' },
      headerGetter,
    );
    const sent = new Metadata();
    propagator.inject(context, sent, metadataSetter);
    expect(sent.getMap()).toEqual({ traceparent });
  });
});
