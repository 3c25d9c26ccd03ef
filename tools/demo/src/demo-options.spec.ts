import { expect, test } from 'vitest';
import { parseDemoOptions } from './demo-options.ts';

test('without arguments the demo goes on, with its viewer', () => {
  expect(parseDemoOptions([], '/here')).toEqual({
    once: false,
    json: undefined,
    endpoint: undefined,
    logs: undefined,
    env: {},
  });
});

test('a file is relative to where the demo was called', () => {
  const args = ['--once', '--json', 'out/t.json', '--endpoint', 'http://localhost:4317/'];
  expect(parseDemoOptions(args, '/here')).toMatchObject({
    once: true,
    json: '/here/out/t.json',
    endpoint: 'http://localhost:4317',
  });
});

test('variables for the services, and a folder for what they say', () => {
  const args = ['--logs', 'out', '--env', 'TRACING_BACKEND=xray', '--env', 'A=b=c', '--env', 'E='];
  expect(parseDemoOptions(args, '/here')).toMatchObject({
    logs: '/here/out',
    env: { TRACING_BACKEND: 'xray', A: 'b=c', E: '' },
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
  [['--logs', ''], /--logs needs the name of a folder/],
  [['--env', 'TRACING_BACKEND'], /--env "TRACING_BACKEND" is no NAME=VALUE/],
  [['--env', '1=2'], /--env "1=2" is no NAME=VALUE/],
  [['--env', 'ORDERS_PORT=1'], /--env ORDERS_PORT: the demo sets that itself/],
  [['--endpoint', 'localhost:4317'], /"localhost:4317" is no http or https URL; expected .*:4317/],
  [['--endpoint', 'http://h:4318/v1/traces'], /has more than host and port/],
  [
    ['--endpoint', 'http://me:s@cret@h:4317'],
    /"http:\/\/REDACTED@h:4317" has more than host and port/,
  ],
] as const)('%j is told, with what is right', ([args, message]) => {
  expect(() => parseDemoOptions(args, '/here')).toThrow(message);
  expect(() => parseDemoOptions(args, '/here')).toThrow(/Usage: npm run demo/);
  expect(() => parseDemoOptions(args, '/here')).toThrow(expect.objectContaining({ status: 2 }));
});
