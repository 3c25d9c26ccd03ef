import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readVariable } from './variables.js';
import { sdkNumbers, sdkWords } from './environment.js';

const page = readFileSync(new URL('../../../../docs/settings.md', import.meta.url), 'utf8');

it.each([readVariable, sdkNumbers, sdkWords].flatMap((table) => Object.keys(table)))(
  'docs/settings.md tells of %s, which the parser reads',
  (name) => expect(page).toContain(`\`${name}`),
);
