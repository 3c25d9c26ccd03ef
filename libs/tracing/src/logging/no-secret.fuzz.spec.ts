import type { AttributeValue, Attributes } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Random } from '../../test-support/random-class/random.js';
import { PASSWORD, RandomLines } from '../../test-support/random-lines.js';
import { SpanRecorder } from '../../test-support/span-recorder.js';
import { tracedLogger } from '../../test-support/written-lines.js';

const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const cases = Number(process.env['FUZZ_CASES'] ?? 5000);

let recorder: SpanRecorder;
beforeEach(() => {
  recorder = new SpanRecorder();
});
afterEach(() => recorder.dispose());

/** A logger with random options, or undefined if pino rejects them. */
function randomLogger(lines: RandomLines): ReturnType<typeof tracedLogger> | undefined {
  try {
    return tracedLogger(lines.options());
  } catch {
    return undefined;
  }
}

function write(log: Logger, lines: RandomLines, random: Random): void {
  const bound = random.chance(0.5) ? log.child(lines.fields()) : log;
  const writer = random.chance(0.1)
    ? bound.child({}, { redact: ['a', '*.password'], msgPrefix: lines.token() })
    : bound;
  const level = random.pick(['info', 'error'] as const);
  const ways = [
    () => writer[level](new Error(lines.token())),
    () => writer[level](lines.token()),
    () => writer[level](lines.fields(), '%s %o', lines.token(), lines.fields()),
    () => writer[level](lines.fields(), lines.token()),
  ];
  random.pick([...ways, ways[3]!, ways[3]!])();
}

const urls = new RegExp(`postgres://me:${PASSWORD}\\d+@`, 'g');

/** What an event shows that its line does not. */
function shownTooMuch(name: string, attributes: Attributes, line: string): unknown[] {
  const {
    level: _level,
    '...truncated': _truncated,
    'exception.stacktrace': stacks,
    ...rest
  } = attributes;
  const values: (AttributeValue | undefined)[] = [
    ...Object.values(rest),
    ...String(stacks ?? '').split(/\nerrors\[\d+\]: /),
    ...(name === 'log' ? [] : [name]),
  ];
  return values.flat().filter((value) => !isOn(line, value));
}

function isOn(line: string, value: unknown): boolean {
  if (typeof value !== 'string') return line.includes(String(value));
  if (value.includes(PASSWORD)) return false;
  // A secret header is redacted in the event even if the line shows it.
  if (value.includes('[Redacted]')) return true;
  return line.includes(value) || line.includes(JSON.stringify(value).slice(1, -1));
}

it(`rules 19, 37: every value of an event is in the line (seed ${seed}, ${cases} cases)`, () => {
  let compared = 0;
  for (let index = 0; index < cases; index++) {
    const random = new Random(seed + index);
    const lines = new RandomLines(random);
    const logger = randomLogger(lines);
    if (logger === undefined) continue;
    const span = recorder.tracer.startSpan('span');
    recorder.withSpan(span, () => {
      try {
        write(logger.log, lines, random);
      } catch {
        // A serializer or a censor met something that it does not know: pino writes no line.
      }
    });
    span.end();
    const [event] = recorder.spans.at(-1)?.events ?? [];
    recorder.reset();
    if (event === undefined) continue;
    compared++;
    const line = (logger.written.at(-1) ?? '').replaceAll(urls, 'postgres://REDACTED@');
    const tooMuch = shownTooMuch(event.name, event.attributes ?? {}, line);
    if (tooMuch.length > 0) {
      expect.fail(
        `FUZZ_SEED=${seed + index} FUZZ_CASES=1: ${JSON.stringify(tooMuch).slice(-1500)} not on ${line}`,
      );
    }
  }
  expect(compared).toBeGreaterThan(cases * 0.8);
}, 600_000);
