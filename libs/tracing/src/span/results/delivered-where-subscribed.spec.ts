import { Subject, tap, type Observable } from 'rxjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpanRecorder } from '../../../test-support/span-recorder.js';
import { deliveredWhereSubscribed } from './bind-result.js';

let recorder: SpanRecorder;
beforeEach(() => {
  recorder = new SpanRecorder();
});
afterEach(() => recorder.dispose());

it.each([
  ['as they come', (messages: Subject<number>) => messages.asObservable()],
  ['piped', (messages: Subject<number>) => messages.asObservable().pipe(tap(() => undefined))],
])('rule 11: what a handler does with messages belongs to it: %s', (_, through) => {
  const messages = new Subject<number>();
  const argument = Object.assign(through(messages), { setOff: () => 'set off' });
  const delivered = deliveredWhereSubscribed(argument) as typeof argument & Observable<number>;
  recorder.run('handler', () => {
    delivered.subscribe((n) => recorder.run(`message ${n}`, () => undefined));
  });
  recorder.run('call', () => messages.next(1));
  expect(delivered.setOff()).toBe('set off');
  expect(recorder.tree()).toBe('\ncall\nhandler\n  message 1\n');
});
