import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Span } from '@shop/otlp';
import { TracedApp } from './support/traced-app.ts';

let app: TracedApp;
beforeAll(async () => {
  app = await TracedApp.start('stacks-app');
});
afterAll(() => app[Symbol.asyncDispose]());

/** The frames of the error that a trace tells of, of which V8 keeps ten. */
function framesOf(spans: readonly Span[]): string[] {
  const event = spans.flatMap(({ events }) => events).find(({ name }) => name === 'exception');
  const stack = String(event?.attributes['exception.stacktrace']);
  return stack.split('\n').filter((line) => line.startsWith('    at '));
}

/** The functions of the app among them. */
function functionsOf(frames: readonly string[]): string[] {
  return frames
    .filter((frame) => frame.includes('stacks-app.js'))
    .map((frame) => /^ +at (?:async )?(\S+) \(/.exec(frame)?.[1] ?? 'a function');
}

it.each([
  ['sync', ['Methods.third', 'Methods.second', 'Methods.first', 'Pages.sync']],
  [
    'plain-functions',
    [
      'parse',
      'a function',
      'Methods.inner',
      'Methods.middle',
      'Methods.outer',
      'Pages.plainFunctions',
    ],
  ],
  [
    'async',
    ['AsyncMethods.third', 'AsyncMethods.second', 'AsyncMethods.first', 'Pages.asynchronous'],
  ],
  [
    'async-function',
    [
      'parse',
      'parseLater',
      'AsyncMethods.last',
      'AsyncMethods.again',
      'AsyncMethods.before',
      'Pages.asyncFunction',
    ],
  ],
  [
    'class',
    [
      'DecoratedClass.third',
      'DecoratedClass.second',
      'DecoratedClass.first',
      'DecoratedClass.first',
      'Pages.ofClass',
    ],
  ],
  ['inherited', ['Inherited.third', 'Inherited.second', 'Inherited.first', 'Pages.ofBase']],
  ['generators', ['Steps.third', 'Steps.second', 'Steps.first', 'Pages.generators']],
  [
    'async-generators',
    ['AsyncSteps.third', 'AsyncSteps.second', 'AsyncSteps.first', 'Pages.asyncGenerators'],
  ],
  ['traced-handler', ['Methods.third', 'Methods.second', 'Methods.first', 'Pages.tracedHandler']],
])(
  'rule 34: an error shows the frames of four nested traced calls: %s',
  async (path, functions) => {
    expect(functionsOf(framesOf(await app.trace(`/${path}`)))).toEqual(functions);
  },
);

it('rule 34: withSpan puts two frames on the stack', async () => {
  const frames = framesOf(await app.trace('/by-hand'));
  expect(functionsOf(frames)).toEqual([
    'third',
    'ByHand.third',
    'a function',
    'ByHand.second',
    'a function',
  ]);
});
