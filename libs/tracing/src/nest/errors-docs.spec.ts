import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

it('docs/errors.md tells of every code', () => {
  const codes = (text: string): string[] =>
    [...new Set(text.match(/TRACING_[A-Z_]+[A-Z]/g))].toSorted();
  const inCatalogue = codes(read('tracing.error.ts'));
  const inDocs = codes(read('../../../../docs/errors.md'));
  expect(inDocs).toEqual([...inCatalogue, 'TRACING_INVALID_SETTINGS'].toSorted());
});
