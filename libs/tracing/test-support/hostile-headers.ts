import type { Random } from './random-class/random.js';

/**
 * The headers of one request, and the trace that must go on: that of a valid `traceparent`, and where
 * X-Ray's header is read, that of a valid one. With a broken one that is not known.
 */
export interface HostileHeaders {
  readonly headers: Record<string, string | string[]>;
  readonly traceId: string | undefined;
  readonly xrayTraceId: string | undefined;
}

const hex = '0123456789abcdef';
const pieces = [
  ...'00 01 ff - -- , ; = % %zz %F0%9F %00 " 1- @ / a=b __proto__ constructor'.split(' '),
  ...'Root= Parent= Sampled=? Self='.split(' '),
  ...'\t \u0000 \u007f \ud800 é 漢'.split(' '),
  '',
  ' ',
  '0'.repeat(32),
  '0'.repeat(16),
  'F'.repeat(32),
];

/** A value of random pieces; now and then a very long one. */
function garbage(random: Random): string {
  let text = '';
  for (let i = random.below(12); i > 0; i--) {
    text += random.chance(0.7) ? random.pick(pieces) : digits(random, random.below(8));
  }
  return random.chance(0.002) ? text.repeat(5000) : text;
}

function digits(random: Random, length: number): string {
  return Array.from({ length }, () => hex[random.below(16)]).join('');
}

const valid: Record<string, (random: Random) => string> = {
  traceparent: (random) => `00-1${digits(random, 31)}-1${digits(random, 15)}-0${random.below(2)}`,
  tracestate: (random) => Array.from({ length: random.below(40) }, (_, i) => `k${i}=v`).join(','),
  baggage: (random) =>
    Array.from(
      { length: random.below(random.chance(0.1) ? 300 : 5) },
      (_, i) => `k${i}=${'x'.repeat(60)};p`,
    ).join(','),
  'x-amzn-trace-id': (random) => {
    const space = random.chance(0.2) ? ' ' : '';
    const fields = [
      `Root=1-1${digits(random, 7)}-${digits(random, 24)}`,
      ...(random.chance(0.7) ? [`Parent=1${digits(random, 15)}`] : []),
      ...(random.chance(0.7) ? [`Sampled=${random.pick(['0', '1', '?'])}`] : []),
      ...(random.chance(0.3) ? ['Self=1-2-3', 'Lineage=25:a87bd80c:1'] : []),
    ];
    return fields.sort(() => random.below(3) - 1).join(`${space};${space}`);
  },
};

/** A valid value that lost, gained or changed a few letters. */
function broken(random: Random, value: string): string {
  const at = random.below(value.length + 1);
  const rest = value.slice(at + random.below(3));
  return value.slice(0, at) + (random.chance(0.5) ? random.pick(pieces) : '') + rest;
}

export function hostileHeaders(random: Random): HostileHeaders {
  const headers: HostileHeaders['headers'] = {};
  let traceId: string | undefined;
  let xrayTraceId: string | undefined;
  for (const [name, make] of Object.entries(valid)) {
    if (random.chance(0.15)) continue;
    const value = make(random);
    const kind = random.pick(['valid', 'broken', 'garbage', 'repeated'] as const);
    if (kind === 'valid' && name === 'traceparent') traceId = value.slice(3, 35);
    if (kind === 'valid' && name === 'x-amzn-trace-id') {
      xrayTraceId = /Root=1-(\w+-\w+)/.exec(value)?.[1]?.replace('-', '');
    }
    if (kind === 'valid') headers[name] = value;
    else if (kind === 'broken') headers[name] = broken(random, value);
    else if (kind === 'garbage') headers[name] = garbage(random);
    else headers[name] = [broken(random, value), garbage(random), value];
  }
  if (random.chance(0.1)) headers['traceparent-bin'] = garbage(random);
  if (headers['x-amzn-trace-id'] === undefined) xrayTraceId = traceId;
  return { headers, traceId, xrayTraceId };
}
