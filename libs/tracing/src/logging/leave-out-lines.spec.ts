import { pino } from 'pino';
import { expect, it } from 'vitest';
import { leaveOutLines } from './leave-out-lines.js';

function logger() {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push((JSON.parse(line) as { msg: string }).msg);
  return { lines, root: pino({}, { write }) };
}

it('rule 29: leaves out what is picked by its fields, also of children, and nothing else', () => {
  const { lines, root } = logger();
  const before = root.child({ before: true });
  leaveOutLines(root, (fields) => 'secret' in fields);
  for (const one of [root, before, root.child({}, { level: 'trace' })]) {
    one.info({ secret: 1 }, 'left out');
    one.info({ open: 1 }, 'fields');
    one.info('text');
    one.error(new Error('error'));
  }
  expect(lines).toEqual([
    'fields',
    'text',
    'error',
    'fields',
    'text',
    'error',
    'fields',
    'text',
    'error',
  ]);
});

it('a logger that outlives an app goes by the predicate of the next one', () => {
  const { lines, root } = logger();
  leaveOutLines(root, () => true);
  leaveOutLines(root, () => false);
  root.info({}, 'written');
  expect(lines).toEqual(['written']);
});

it('a logger that is not of pino writes all of its lines', () => {
  const { lines, root } = logger();
  leaveOutLines({ info: () => {} } as never, () => true);
  root.info({}, 'written');
  expect(lines).toEqual(['written']);
});
