import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { optionTable } from './option-table.js';
import { sdkNumbers, sdkWords } from './environment.js';

const page = readFileSync(new URL('../../../../docs/settings.md', import.meta.url), 'utf8');

const ofOptions = Object.values(optionTable).flatMap(({ variables, overrides }) => [
  variables ?? {},
  overrides ?? {},
]);

it.each([...ofOptions, sdkNumbers, sdkWords].flatMap((table) => Object.keys(table)))(
  'docs/settings.md tells of %s, which the parser reads',
  (name) => expect(page).toContain(`\`${name}`),
);
