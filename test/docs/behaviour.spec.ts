import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The numbers of the rules, in the order of the page. */
const rules = [...read('docs/behaviour.md').matchAll(/^### (\d+)\. /gm)].map(([, number]) =>
  Number(number),
);

function specsIn(folder: string): string[] {
  return readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.spec.ts') && !/(^|\/)(node_modules|dist)\//.test(path))
    .map((path) => `${folder}/${path}`);
}

/** The numbers in `rule 7`, `rules 1, 2`, `rules 3 and 4`, `rules 17-19` and `rules 1 to 9`. */
function rulesNamedIn(text: string): number[] {
  const mentions = text.matchAll(/\brules? (\d+(?:(?:, | and |-| to )\d+)*)/g);
  return [...mentions].flatMap(([, numbers = '']) =>
    numbers.split(/, | and /).flatMap((part) => {
      const [first = 0, last = first] = part.split(/-| to /).map(Number);
      return Array.from({ length: last - first + 1 }, (_, at) => first + at);
    }),
  );
}

/** The doc comments of what a file exports under a name, and of its members. */
function docsOf(file: string, name: string): string[] {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest);
  const declarations = source.statements.filter((statement) =>
    ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.some((one) => one.name.getText(source) === name)
      : (statement as Partial<ts.DeclarationStatement>).name?.getText(source) === name,
  );
  expect(declarations.length, `${name} is declared in ${file}`).toBeGreaterThan(0);
  return declarations.flatMap((one) => one.getFullText(source).match(/\/\*\*[^]*?\*\//g) ?? []);
}

/** What an entry point exports: the file that declares it, and its name there. */
function exportsOf(entry: string): [file: string, name: string][] {
  return [...read(entry).matchAll(/export (?:type )?\{([^}]*)\} from '\.\/([^']*)\.js'/g)].flatMap(
    ([, names = '', path]) =>
      [...names.matchAll(/(?:^|,)\s*(?:type )?(\w+)/g)].map(([, name = '']): [string, string] => [
        `libs/tracing/src/${path}.ts`,
        name,
      ]),
  );
}

it('docs/behaviour.md numbers the rules without a gap', () => {
  expect(rules.length).toBeGreaterThan(0);
  expect(rules).toEqual(rules.map((_, at) => at + 1));
});

it('reads every way to name rules', () => {
  expect(
    rulesNamedIn('rule 7: a; rules 1, 2: b; rules 3 and 4; rules 17-19; rules 1 to 3'),
  ).toEqual([7, 1, 2, 3, 4, 17, 18, 19, 1, 2, 3]);
});

it('docs/behaviour.md has every rule that a test names', () => {
  const known = new Set(rules);
  const specs = [...specsIn('libs'), ...specsIn('test')];
  const named = specs.flatMap((spec) =>
    rulesNamedIn(read(spec)).map((rule): [number, string] => [rule, spec]),
  );
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter(([rule]) => !known.has(rule))).toEqual([]);
});

it.each(['index', 'grpc', 'register', 'terminus', 'testing'])(
  'what users read of %s.ts names no rule by its number',
  (entry) => {
    const path = `libs/tracing/src/${entry}.ts`;
    const docs = [read(path), ...exportsOf(path).flatMap((found) => docsOf(...found))];
    expect(docs.filter((text) => /\brules? \d/.test(text))).toEqual([]);
  },
);
