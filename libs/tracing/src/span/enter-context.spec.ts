import { context, createContextKey, ROOT_CONTEXT, type ContextManager } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterEach, expect, it } from 'vitest';
import { enterContext, runInContext } from './enter-context.js';

afterEach(() => context.disable());

const key = createContextKey('place');
const outer = ROOT_CONTEXT.setValue(key, 'outer');
const inner = ROOT_CONTEXT.setValue(key, 'inner');
const place = (): unknown => context.active().getValue(key);

/** As that of an older SDK, which knows no `attach`. */
function withoutAttach(): ContextManager {
  const manager = new AsyncLocalStorageContextManager();
  return Object.assign(manager, { attach: undefined });
}

const managers: [string, () => ContextManager | undefined][] = [
  ['that of OpenTelemetry', () => new AsyncLocalStorageContextManager()],
  ['one that cannot enter a context', withoutAttach],
  ['none', () => undefined],
];

it.each(managers)(
  'runs a function in a context, with its this and its arguments: %s',
  (_, make) => {
    const manager = make();
    if (manager !== undefined) context.setGlobalContextManager(manager);
    const self = {};
    const seen = function (this: unknown, ...args: unknown[]): unknown[] {
      return [this, ...args, place()];
    };
    const inside = manager && 'inner';
    expect(context.with(outer, () => runInContext(inner, seen, self, 1, 2))).toEqual([
      self,
      1,
      2,
      inside,
    ]);
  },
);

it.each(managers)('the context before is active again, also after an error: %s', (_, make) => {
  const manager = make();
  if (manager !== undefined) context.setGlobalContextManager(manager);
  context.with(outer, () => {
    expect(() =>
      runInContext(inner, () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(place()).toBe(manager && 'outer');
  });
});

it('what a function sets off stays in the context, what follows on it does not', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  await context.with(outer, async () => {
    const later = runInContext(inner, async () => {
      await Promise.resolve();
      return place();
    });
    expect(place()).toBe('outer');
    expect([await later, place()]).toEqual(['inner', 'outer']);
  });
});

it('a context that could not be entered is not', () => {
  context.setGlobalContextManager(withoutAttach());
  expect([enterContext(inner), place()]).toEqual([undefined, undefined]);
});
