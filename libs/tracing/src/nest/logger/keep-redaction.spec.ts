import { pino, type LoggerOptions } from 'pino';
import { expect, it } from 'vitest';
import { keepRedaction } from './logger-params.js';

const params = (redact?: LoggerOptions['redact']) => ({
  pinoHttp: redact === undefined ? {} : { redact },
});

it.each<[first: LoggerOptions['redact'], second: LoggerOptions['redact'], line: string]>([
  [undefined, ['b'], '{"a":1,"b":"[Redacted]"}'],
  [['a'], undefined, '{"a":"[Redacted]","b":1}'],
  [['a'], ['b'], '{"a":"[Redacted]","b":"[Redacted]"}'],
  [['a'], ['a', 'b'], '{"a":"[Redacted]","b":"[Redacted]"}'],
  [{ paths: ['a'], censor: '***' }, ['b'], '{"a":"***","b":"***"}'],
  [{ paths: ['a'], remove: true }, { paths: ['b'], censor: '***' }, '{}'],
  [[], { paths: ['b'], remove: true }, '{"a":1}'],
])('two apps in one process: every redaction is kept: %j, %j', (first, second, line) => {
  const lines: string[] = [];
  const root = pino(
    { base: null, timestamp: false, ...(first && { redact: first }) },
    { write: (text) => void lines.push(text.replace('"level":30,', '').trim()) },
  );
  const early = root.child({});
  keepRedaction(root, params(first));
  keepRedaction(root, params(second));
  for (const one of [root, early, root.child({})]) one.info({ a: 1, b: 1 });
  expect(lines.map((text) => text.replace('{"level":30}', '{}'))).toEqual([line, line, line]);
});
