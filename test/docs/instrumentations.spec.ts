import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { knownInstrumentations } from '../../libs/tracing/src/app/third-party.ts';

const page = readFileSync(new URL('../../docs/instrumentations.md', import.meta.url), 'utf8');

const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));

it.each(knownInstrumentations)('docs/instrumentations.md has the row of $name', (known) => {
  const short = `\`${known.name.replace('@opentelemetry/instrumentation', '')}\``;
  expect(rows).toContainEqual(['', short, known.creates, known.lost, '']);
});
