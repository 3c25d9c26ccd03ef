import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VERSION } from './process-state.js';

it('the scope `nestjs-tracing` has the version of the package', () => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  expect((JSON.parse(text) as { version: string }).version).toBe(VERSION);
});
