import pino from 'pino';
import { expect, it, vi } from 'vitest';
import { flushLines } from './flush-lines.js';

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
