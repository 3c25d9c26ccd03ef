import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { costPicture } from './cost-picture.ts';
import type { Results, VariantResult } from './results.ts';

function variant(name: string, median: number): VariantResult {
  const one = { median, low: median - 0.1, high: median + 0.1 };
  const ratios = { cpu: one, throughput: one, p50: one, p99: one, rss: one, startup: one };
  const medians = { cpu: 1, throughput: 1, p50: 1, p99: 1, rss: 1, startup: 1 };
  return { name, spansPerRequest: 0, ratios, medians, samples: [], startups: [] };
}

const results: Results = {
  date: '2026-01-31',
  machine: { cpu: 'A & B', cores: 2, memory: 8, system: 'linux' },
  versions: { node: '24.0.0', '@nestjs/core': '12.0.0' },
  rounds: 20,
  pairs: 2,
  groups: [
    {
      title: 'Minimal app, Nest 11',
      variants: [
        variant('untraced (Nest 11)', 1),
        variant('stock 100 % (Nest 11)', 1.9),
        variant('nestjs-tracing 100 % (Nest 11)', 1.4),
      ],
    },
  ],
  micro: [],
  skipped: [],
};

it('draws a bar for each variant, but none for the base', () => {
  const svg = costPicture(results);
  expect(svg.match(/<rect class="bar/g)).toHaveLength(2);
  // The largest bar ends where its interval has space: 410 pixels are 2.0.
  expect(svg).toContain('<rect class="bar" x="270" y="78" width="389.5" height="18"/>');
  expect(svg).toContain('<rect class="bar library" x="270" y="104" width="287" height="18"/>');
  expect(svg).toContain('>1.90 (1.80–2.00)</text>');
  expect(svg).not.toContain('>untraced (Nest 11)<');
});

it('says where, when and with which versions the run was made', () => {
  const svg = costPicture(results);
  expect(svg).toContain('2026-01-31, A &amp; B, 2 cores, 8 GiB, linux');
  expect(svg).toContain('node 24.0.0, @nestjs/core 12.0.0');
  expect(svg).toContain('Medians of 20 rounds');
});

it('has colors for dark mode', () => {
  expect(costPicture(results)).toContain('prefers-color-scheme: dark');
});

it('the picture of the README is drawn from the newest results: `npm run bench:draw`', () => {
  const folder = join(import.meta.dirname, 'results');
  const newest = globSync('*.json', { cwd: folder }).toSorted().at(-1)!;
  const committed = JSON.parse(readFileSync(join(folder, newest), 'utf8')) as Results;
  const picture = join(import.meta.dirname, '../docs/images/cost.svg');
  expect(readFileSync(picture, 'utf8')).toBe(costPicture(committed));
});
