import { expect, test } from 'vitest';
import { parseDemoOptions } from './demo-options.ts';

test('without arguments the demo goes on, with its viewer', () => {
  expect(parseDemoOptions([], '/here')).toEqual({
    once: false,
    json: undefined,
    endpoint: undefined,
  });
});

test('a file is relative to where the demo was called', () => {
  const args = ['--once', '--json', 'out/t.json', '--endpoint', 'http://localhost:4317/'];
  expect(parseDemoOptions(args, '/here')).toEqual({
    once: true,
    json: '/here/out/t.json',
    endpoint: 'http://localhost:4317',
  });
});

test('help is asked for', () => {
  expect(parseDemoOptions(['--help'], '/here')).toBe('help');
});

test.for([
  [['--onec'], /Unknown option '--onec'/],
  [['once'], /Unexpected argument 'once'/],
  [['--json'], /--json <value>' argument missing/],
  [['--json', ''], /--json needs the name of a file/],
  [['--endpoint', 'localhost:4317'], /"localhost:4317" is no http or https URL; expected .*:4317/],
  [['--endpoint', 'http://h:4318/v1/traces'], /has more than host and port/],
] as const)('%j is told, with what is right', ([args, message]) => {
  expect(() => parseDemoOptions(args, '/here')).toThrow(message);
  expect(() => parseDemoOptions(args, '/here')).toThrow(/Usage: npm run demo/);
  expect(() => parseDemoOptions(args, '/here')).toThrow(expect.objectContaining({ status: 2 }));
});
