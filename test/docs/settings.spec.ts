import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { sdkNumbers, sdkWords } from '../../libs/tracing/src/options/environment.ts';
import { optionNames, optionTable } from '../../libs/tracing/src/options/option-table.ts';
import { readSettings } from '../../libs/tracing/src/options/read-settings.ts';
import { optionSections, optionsTable, readOptionDocs, withBlock } from './option-docs.ts';

const pathOf = (page: string): string => fileURLToPath(new URL(`../../${page}`, import.meta.url));
const read = (page: string): string => readFileSync(pathOf(page), 'utf8');
const options = readOptionDocs();

it('each option has docs, in the order of the table', () => {
  expect(options.map(({ name }) => name)).toEqual(optionNames);
  expect(options.flatMap(({ text, type, default: value }) => [text, type, value])).not.toContain(
    '',
  );
});

it.each(options)('the docs of $name tell of its variables', ({ name, variables }) => {
  const row = optionTable[name as (typeof optionNames)[number]];
  expect([...variables.keys()].sort()).toEqual(
    Object.keys({ ...row.variables, ...row.overrides }).sort(),
  );
  expect([...variables.values()]).not.toContain('');
});

it('the docs tell the defaults that are used', () => {
  const { settings } = readSettings({}, { env: {} });
  const told = Object.fromEntries(options.map((option) => [option.name, option.default]));
  for (const name of ['backend', 'endpoint', 'sampling', 'shutdownTimeout'] as const) {
    expect(told[name]).toContain(String(settings[name]));
  }
  for (const name of ['publicEndpoint', 'handlerSpans'] as const) {
    expect(told[name]).toMatch(new RegExp(`^\`${String(settings[name])}\``));
  }
  for (const path of settings.ignore.http) expect(told['ignore']).toContain(`\`${String(path)}\``);
});

it.each<[page: string, block: string]>([
  ['README.md', optionsTable(options)],
  ['docs/settings.md', optionSections(options)],
])('docs: the options of %s', async (page, block) => {
  const config = await resolveConfig(pathOf(page));
  const text = await format(withBlock(read(page), block), {
    ...config,
    parser: 'markdown',
  });
  await expect(text).toMatchFileSnapshot(pathOf(page));
});

it.each([sdkNumbers, sdkWords].flatMap((table) => Object.keys(table)))(
  'docs/settings.md tells of %s, which is read beside the options',
  (name) => expect(read('docs/settings.md')).toContain(`\`${name}`),
);
