import { ROOT_CONTEXT, trace, type Link, type Span } from '@opentelemetry/api';
import { SamplingDecision, type SpanLimits } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import {
  outcomesOf,
  setUpSituations,
  START,
  type Situation,
  type World,
} from '../../test-support/both-providers.js';
import { Random } from '../../test-support/random-class/random.js';

setUpSituations();

/** The same cases every time, unless another seed is given: each case can be run alone. */
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const cases = Number(process.env['FUZZ_CASES'] ?? 1500);

const keys = ['a', 'b', 'c', '', '1', '0', 'constructor', 'toString', 'é'];
// prettier-ignore
const values: readonly unknown[] = [
  '', 'a', 'abcdefgh', '𝒳𝒳', 0, -0, 1.5, Number.NaN, Infinity, true, false, undefined, null,
  1n, Symbol('s'), () => 1, new Date(0), new Uint8Array([1, 2, 3, 4]), Object.create(null),
  [], ['a', 'abcdef'], [1, 2], ['a', 1], [null, 'a', undefined], [['abcdef'], { a: 'abcdef' }],
  {}, { a: 'abcdef', b: [1n] }, { a: { b: 'abcdef', c: undefined } },
];

/** Random operations on spans that are the same for every tracer with the same seed. */
class RandomOperations {
  private readonly spans: Span[] = [];

  constructor(
    private readonly random: Random,
    private readonly world: World,
  ) {}

  run(): unknown {
    this.start();
    for (let count = this.random.below(30); count > 0; count--) this.step();
    for (const span of this.spans) if (this.random.chance(0.8)) span.end();
    return this.spans.map((span) => [span.isRecording(), span.spanContext()]);
  }

  private step(): void {
    const { random } = this;
    const span = random.pick(this.spans);
    const operations: readonly (() => unknown)[] = [
      () => span.setAttribute(random.pick(keys), this.value()),
      () => span.setAttribute(random.pick(keys), this.value()),
      () => span.setAttributes(this.attributes() ?? ({} as never)),
      () => span.addEvent('event', this.attributes()),
      () => span.addEvent('event', this.attributes(), this.time()),
      () => span.addEvent('event', this.time(), random.chance(0.3) ? this.time() : undefined),
      () => span.addLink(this.link()),
      () => span.addLinks(random.list(3, () => this.link())),
      () => span.setStatus({ code: random.below(4), message: this.value() }),
      () => span.updateName(random.pick(['x', '', 'another name'])),
      () => span.recordException(this.exception(), this.time()),
      () => this.world.tick(random.below(50)),
      () => this.start(),
      () => random.chance(0.3) && span.end(this.time()),
    ];
    random.pick(operations)();
  }

  private start(): void {
    const { random } = this;
    const parent =
      this.spans.length > 0 && random.chance(0.7) ? random.pick(this.spans) : undefined;
    const scope = parent ? trace.setSpan(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
    const options = {
      kind: random.below(5),
      root: random.chance(0.1),
      attributes: this.attributes(),
      links: random.chance(0.3) ? random.list(4, () => this.link()) : undefined,
      startTime: this.time(),
    };
    this.spans.push(this.world.tracer.startSpan('span', options as never, scope));
  }

  private value(): never {
    return this.random.pick(values) as never;
  }

  private attributes(): Record<string, never> | undefined {
    const { random } = this;
    if (random.chance(0.1)) return undefined;
    return Object.fromEntries(random.list(5, () => [random.pick(keys), this.value()]));
  }

  private link(): Link {
    const digit = this.random.pick(['0', '1', 'f']);
    const spanContext = { traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: 1 };
    return {
      context: spanContext,
      ...(this.random.chance(0.6) && { attributes: this.attributes() }),
    } as Link;
  }

  private time(): never {
    const { random } = this;
    const kind = random.below(12);
    const shift = random.below(2000) - 1000;
    if (kind === 0) return new Date(START.wall + shift) as never;
    if (kind === 1) return (START.wall + shift + 0.25) as never;
    if (kind === 2) return [START.wall / 1000 + random.below(3), random.below(1e9)] as never;
    if (kind === 3) return (START.performance - random.below(1000)) as never;
    if (kind === 4) return random.pick([null, 'text', [1], {}, true]) as never;
    return undefined as never;
  }

  private exception(): never {
    const { random } = this;
    const text = (): string | undefined => random.pick(['', 'boom', 'a longer text', undefined]);
    if (random.chance(0.3)) return text() as never;
    return {
      name: text(),
      message: text(),
      code: random.pick([0, 7, 'E', undefined]),
      stack: text(),
    } as never;
  }
}

function randomLimits(random: Random): SpanLimits {
  const limit = (): number => random.pick([0, 1, 2, 3, 128]);
  return {
    attributeCountLimit: limit(),
    attributeValueLengthLimit: random.pick([1, 3, Infinity]),
    eventCountLimit: limit(),
    linkCountLimit: limit(),
    attributePerEventCountLimit: limit(),
    attributePerLinkCountLimit: limit(),
  };
}

function situation(number: number): Situation {
  const random = new Random(number);
  const attributes = random.chance(0.5) ? { a: 1, rule: 'abcdef' } : undefined;
  const decisions = [SamplingDecision.RECORD, SamplingDecision.RECORD_AND_SAMPLED];
  const decision = random.chance(0.1) ? SamplingDecision.NOT_RECORD : random.pick(decisions);
  return {
    when: `seed ${number}`,
    ...(random.chance(0.6) && { limits: randomLimits(random) }),
    ...(random.chance(0.5) && {
      sampler: () => ({
        shouldSample: () => ({ decision, ...(attributes && { attributes }) }),
        toString: () => 'constant',
      }),
    }),
    act: (world) => new RandomOperations(new Random(number), world).run(),
  };
}

it(
  'spans are the same as those of the SDK after random operations',
  { timeout: 120_000 },
  async () => {
    for (let number = seed; number < seed + cases; number++) {
      const { ours, sdk } = await outcomesOf(situation(number));
      // When ours warns, and the SDK does not, is in the tables.
      const rerun = `FUZZ_SEED=${number} FUZZ_CASES=1`;
      expect({ rerun, ...ours, hasWarned: sdk.hasWarned }).toEqual({ rerun, ...sdk });
    }
  },
);
