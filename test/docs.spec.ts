import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const linksOf = (page: string): string[] =>
  [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
    ([, link]) => new URL(link ?? '', new URL(page, root)).href,
  );

function pagesIn(folder: string): string[] {
  return readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${folder}/${file}`);
}

it('a reader who begins with the README comes to every page, and no link leads nowhere', () => {
  const pages = pagesIn('docs');
  const reached = new Set(['README.md']);
  const dead: string[] = [];
  for (const page of reached) {
    for (const link of linksOf(page)) {
      const path = link.slice(root.href.length);
      if (!existsSync(new URL(link))) dead.push(`${page}: ${path}`);
      else if (path.endsWith('.md')) reached.add(path);
      // A link to a folder leads to all that is in it.
      else if (path.startsWith('docs/decisions')) pagesIn(path).forEach((one) => reached.add(one));
    }
  }
  expect(dead).toEqual([]);
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
});

it('the tests that docs/peers.md names are there', () => {
  const named = [...read('docs/peers.md').matchAll(/\]\(\.\.\/([^)]+)\): `([^`]+)`/g)];
  expect(named.length).toBeGreaterThan(30);
  for (const [, file = '', name = ''] of named) {
    expect(read(file).includes(name), `${file}: ${name}`).toBe(true);
  }
});
