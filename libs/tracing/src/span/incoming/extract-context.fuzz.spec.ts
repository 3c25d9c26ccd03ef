import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { logVerbosity, Metadata, setLogVerbosity } from '@grpc/grpc-js';
import { defaultTextMapSetter, ROOT_CONTEXT, trace, type Context } from '@opentelemetry/api';
import { beforeAll, describe, expect, it } from 'vitest';
import { hostileHeaders, type HostileHeaders } from '../../../test-support/hostile-headers.js';
import { Random } from '../../../test-support/random-class/random.js';
import { metadataGetter, metadataSetter } from '../../grpc/metadata-carrier.js';
import { headerGetter } from '../../http/header-getter.js';
import { createPropagator } from '../../sdk/create-propagator.js';
import { readSettings } from '../../settings/read-settings.js';
import { extractContext } from './extract-context.js';

/** The same cases every time, unless another seed is given: each case can be run alone. */
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const cases = Number(process.env['FUZZ_CASES'] ?? 100_000);

const propagator = createPropagator(readSettings({ service: 'test' }, { env: {} }).settings);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

// grpc-js tells of every entry that it leaves out.
beforeAll(() => setLogVerbosity(logVerbosity.NONE));

const carriers = {
  'HTTP headers': {
    read: ({ headers }: HostileHeaders) =>
      extractContext(propagator, ROOT_CONTEXT, headers, headerGetter),
    write: (context: Context) => {
      const sent: Record<string, string> = {};
      propagator.inject(context, sent, defaultTextMapSetter);
      return sent['baggage'];
    },
  },
  'gRPC metadata': {
    read: ({ headers }: HostileHeaders) =>
      extractContext(propagator, ROOT_CONTEXT, Metadata.fromHttp2Headers(headers), metadataGetter),
    write: (context: Context) => {
      const sent = new Metadata();
      propagator.inject(context, sent, metadataSetter);
      return sent.toHttp2Headers()['baggage']?.toString();
    },
  },
};

describe.each(Object.entries(carriers))('%s', (_, { read, write }) => {
  it(`rule 15: hostile trace headers break nothing (seed ${seed}, ${cases / 2} cases)`, () => {
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < cases / 2; index++) {
      const hostile = hostileHeaders(new Random(seed + index));
      const context = read(hostile);
      const baggage = write(context) ?? '';
      const isRight =
        (hostile.traceId === undefined ||
          trace.getSpanContext(context)?.traceId === hostile.traceId) &&
        baggage.length <= 8192 &&
        baggage.split(',').length <= 180;
      // An expectation each would take longer than the cases.
      if (!isRight) expect.fail(`FUZZ_SEED=${seed + index}: ${JSON.stringify(hostile)}`);
    }
    collectGarbage();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
  }, 300_000);
});

describe('rule 15', () => {
  const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;

  it.each([
    ['many entries', 'a=b,'.repeat(250_000)],
    ['one entry', `a=${'b'.repeat(1_000_000)}`],
    ['commas', ','.repeat(1_000_000)],
    ['escapes', `a=${'%'.repeat(1_000_000)}`],
    ['spaces', `a${' '.repeat(1_000_000)}=b`],
  ])('a megabyte of baggage, %s, costs no more than reading it', (_, baggage) => {
    const start = performance.now();
    const context = extractContext(
      propagator,
      ROOT_CONTEXT,
      { traceparent, baggage, tracestate: baggage },
      headerGetter,
    );
    expect(performance.now() - start).toBeLessThan(1000);
    expect(trace.getSpanContext(context)?.traceId).toBe('ab'.repeat(16));
  });

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
