import { afterEach, expect, it, vi } from 'vitest';
import { Deadline } from './deadline.js';

afterEach(() => {
  vi.useRealTimers();
});

it('rule 26: it ends after its time, whatever happens to the wall clock', () => {
  vi.useFakeTimers();
  const onEnd = vi.fn<() => void>();
  const deadline = new Deadline(60_000, onEnd);
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(59_000);
  expect(onEnd).not.toHaveBeenCalled();
  expect(deadline.date.getTime() - Date.now()).toBe(1000);
  vi.setSystemTime(Date.now() - 7_200_000);
  vi.advanceTimersByTime(1000);
  expect(onEnd).toHaveBeenCalledOnce();
});

it('rule 26: a time longer than the longest timer of Node', () => {
  vi.useFakeTimers();
  const onEnd = vi.fn<() => void>();
  const time = 2 ** 31 * 2.5;
  const deadline = new Deadline(time, onEnd);
  vi.advanceTimersByTime(time - 1);
  expect(onEnd).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onEnd).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
  deadline.cancel();
});

it('rule 36: a cancelled one leaves no timer', () => {
  vi.useFakeTimers();
  new Deadline(60_000, () => expect.unreachable()).cancel();
  expect(vi.getTimerCount()).toBe(0);
});
