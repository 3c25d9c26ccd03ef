import { EventEmitter } from 'node:events';
import pino from 'pino';
import { expect, it, vi } from 'vitest';
import { flushLines } from './pino.js';

it('rule 22: lines that pino holds are written out, and a stream that cannot is survived', async () => {
  const stream = { write: () => {}, flushSync: vi.fn<() => void>() };
  await flushLines(pino({}, stream).child({}));
  expect(stream.flushSync).toHaveBeenCalledOnce();
  stream.flushSync.mockImplementation(() => {
    throw new Error('sonic boom is not ready yet');
  });
  await flushLines(pino({}, stream));
  await flushLines(pino({}, { write: () => {} }));
  await flushLines({});
});

it('rule 22: lines that are on their way are waited for, but not for ever', async () => {
  vi.useFakeTimers();
  const events: string[] = [];
  const stream = Object.assign(new EventEmitter(), {
    write: () => {},
    _writing: true,
    flushSync: () => void events.push('flushed'),
  });
  const flushed = flushLines(pino({}, stream));
  await vi.advanceTimersByTimeAsync(400);
  events.push('drained');
  stream.emit('drain');
  await flushed;
  const given = flushLines(pino({}, stream));
  await vi.advanceTimersByTimeAsync(500);
  await given;
  expect(events).toEqual(['drained', 'flushed', 'flushed']);
  expect(stream.listenerCount('drain')).toBe(0);
  vi.useRealTimers();
});
