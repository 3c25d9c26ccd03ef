import {
  SimpleSpanProcessor,
  InMemorySpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { addEvent } from './events.js';

/** What a span with room for so many events has after some were added; errors are in capitals. */
function kept(limit: number, names: string): [names: string, dropped: number] {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
    spanLimits: { eventCountLimit: limit },
  });
  const span = provider.getTracer('test').startSpan('span');
  for (const name of names) addEvent(span, name, {}, undefined, name === name.toUpperCase());
  span.end();
  const [ended] = exporter.getFinishedSpans();
  return [ended!.events.map(({ name }) => name).join(''), ended!.droppedEventsCount];
}

it.each<[names: string, limit: number, left: string]>([
  ['abcde', 5, 'abcde'],
  ['abcdefgh', 5, 'defgh'],
  ['Eabcdefgh', 5, 'Eefgh'],
  ['abEcdefghijkl', 5, 'Eijkl'],
  ['EaFbcdefgh', 5, 'EFfgh'],
  ['EFGHIJKL', 5, 'EIJKL'],
  ['EFGHIabc', 5, 'EFGHI'],
  ['EFa', 2, 'EF'],
  ['EaFG', 2, 'EG'],
  ['Eabc', 1, 'E'],
  ['EF', 1, 'E'],
  ['abc', 1, 'c'],
  ['Eab', 0, ''],
])('rule 20: an error is not pushed out by later chatter, the first by nothing: %s', (...of) => {
  const [names, limit, left] = of;
  expect(kept(limit, names)).toEqual([left, names.length - left.length]);
});

it('a span that keeps no events for all to read gets them as they come', () => {
  const added: unknown[] = [];
  addEvent({ addEvent: (name: string) => added.push(name) } as never, 'a', {}, undefined);
  expect(added).toEqual(['a']);
});
