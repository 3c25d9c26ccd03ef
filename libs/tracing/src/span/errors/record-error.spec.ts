import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpanRecorder } from '../../../test-support/span-recorder.js';
import { recordError } from './record-error.js';

let recorder: SpanRecorder;
beforeEach(() => {
  recorder = new SpanRecorder();
});
afterEach(() => recorder.dispose());

/** The event and the status of a span through which something was thrown, as span processors see them. */
function recorded(error: unknown): string {
  const span = recorder.tracer.startSpan('span');
  recordError(span, error);
  span.end();
  const { events, status, attributes } = recorder.spans.at(-1)!;
  return JSON.stringify({ events, status, attributes });
}

const dsn = 'postgres://me:hush@db/shop';

it.each([
  ['an error', new Error(dsn)],
  ['its cause', new Error('torn', { cause: new Error(dsn) })],
  ['errors of one', new AggregateError([new Error(dsn), dsn], 'several')],
  ['a text', dsn],
  ['an object', { message: dsn, name: dsn, stack: dsn }],
  [
    'a stack of many lines',
    Object.assign(new Error('x'), { stack: `a\n  at ${dsn}\n  at ${dsn}` }),
  ],
])('rule 37: the user info of URLs is in no text of what was thrown: %s', (_, error) => {
  const text = recorded(error);
  expect(text).toContain('postgres://REDACTED@db/shop');
  expect(text).not.toContain('hush');
});

it('rule 3: what throws when it is made a text is recorded all the same', () => {
  const thrown = Object.assign(() => {}, {
    toString(): never {
      throw new Error('not to be read');
    },
  });
  expect(recorded(thrown)).toContain('"exception.type":"function"');
});
