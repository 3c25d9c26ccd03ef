import { afterEach, expect, it } from 'vitest';
import { onSignal } from './signal-toggles.js';

const before = {
  usr: process.listeners('SIGUSR2'),
  added: process.rawListeners('newListener' as never),
};
const shutdown = (): never => expect.unreachable();

afterEach(() => {
  process.off('SIGTERM', shutdown);
  process.off('SIGUSR2', shutdown);
});

it('rule 36: several apps toggle, and the last one removes the listener', () => {
  const toggled: string[] = [];
  const first = onSignal('SIGUSR2', () => toggled.push('first'));
  const second = onSignal('SIGUSR2', () => toggled.push('second'));
  expect(process.listenerCount('SIGUSR2')).toBe(before.usr.length + 1);
  process.emit('SIGUSR2');
  first();
  process.emit('SIGUSR2');
  second();
  expect(toggled).toEqual(['first', 'second', 'second']);
  expect(process.listeners('SIGUSR2')).toEqual(before.usr);
  expect(process.rawListeners('newListener' as never)).toEqual(before.added);
});

it('rule 26: the signal shuts no app down, and does so again afterwards', () => {
  process.on('SIGUSR2', shutdown).on('SIGTERM', shutdown);
  const undo = onSignal('SIGUSR2', () => undefined);
  expect(process.listeners('SIGUSR2')).not.toContain(shutdown);
  undo();
  expect(process.listeners('SIGUSR2')).toContain(shutdown);
});

it('rule 26: nor do shutdown hooks that are enabled later, or those of an app that has closed', async () => {
  const undo = onSignal('SIGUSR2', () => undefined);
  process.on('SIGUSR2', shutdown).on('SIGTERM', shutdown);
  await Promise.resolve();
  expect(process.listeners('SIGUSR2')).not.toContain(shutdown);
  process.off('SIGTERM', shutdown);
  undo();
  expect(process.listeners('SIGUSR2')).not.toContain(shutdown);
});
