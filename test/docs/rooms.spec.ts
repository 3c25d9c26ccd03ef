import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

/** The rooms of the library, the lowest first, and which rooms below each may import. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  redaction: [],
  propagation: [],
  options: ['redaction'],
  span: ['options', 'redaction'],
  record: ['span'],
  app: ['options', 'propagation', 'span'],
  instrumentation: ['app', 'options', 'span'],
  backends: ['options', 'redaction'],
  sdk: [
    'app',
    'backends',
    'instrumentation',
    'options',
    'propagation',
    'record',
    'redaction',
    'span',
  ],
  http: ['app', 'options', 'propagation', 'redaction', 'span'],
  grpc: ['app', 'options', 'propagation', 'span'],
  messaging: ['app', 'options', 'span'],
  logging: ['app', 'backends', 'redaction', 'span'],
  nest: [
    'app',
    'backends',
    'grpc',
    'http',
    'instrumentation',
    'logging',
    'messaging',
    'options',
    'propagation',
    'redaction',
    'sdk',
    'span',
  ],
  testing: ['nest', 'options', 'sdk'],
  cli: ['options', 'propagation'],
};

/** Packages that only some rooms may import. Types of the SDK and of nestjs-pino are part of the options. */
const packages: readonly (readonly [name: RegExp, rooms: readonly string[]])[] = [
  [/^@nestjs\//, ['nest', 'testing']],
  [/^@opentelemetry\/sdk-/, ['backends', 'options', 'record', 'sdk', 'testing']],
  [/^nestjs-pino$/, ['nest', 'options']],
  [/^@grpc\/grpc-js$/, ['grpc', 'nest']],
];

const source = join(import.meta.dirname, '../../libs/tracing/src');

interface Import {
  readonly file: string;
  readonly room: string;
  readonly specifier: string;
}

const imports: readonly Import[] = globSync('*/**/*.ts', { cwd: source })
  .filter((file) => !file.endsWith('.spec.ts'))
  .flatMap((file) =>
    [...readFileSync(join(source, file), 'utf8').matchAll(/(?: from|import\() ?'([^']+)'/g)].map(
      ([, specifier = '']) => ({ file, room: file.split('/')[0] ?? '', specifier }),
    ),
  );

it('imports of the library run downwards only', () => {
  expect(imports.length).toBeGreaterThan(100);
  const upward = imports.filter(({ file, room, specifier }) => {
    if (!specifier.startsWith('.')) return false;
    const target = relative(source, join(source, dirname(file), specifier)).split('/')[0] ?? '';
    return target !== room && rooms[room]?.includes(target) !== true;
  });
  expect(upward).toEqual([]);
});

it('no room is above another that is above it', () => {
  const order = Object.keys(rooms);
  const upward = order.filter((room, place) =>
    rooms[room]?.some((other) => order.indexOf(other) >= place),
  );
  expect(upward).toEqual([]);
});

it('frameworks and SDKs are imported only where they belong', () => {
  const misplaced = imports.filter(({ room, specifier }) =>
    packages.some(([name, allowed]) => name.test(specifier) && !allowed.includes(room)),
  );
  expect(misplaced).toEqual([]);
});

it('only `register` loads the import hook, an ES module that Jest cannot load', () => {
  const reached = new Set<string>();
  const follow = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    const text = readFileSync(join(source, file), 'utf8');
    for (const [, specifier = ''] of text.matchAll(/ from '(\.[^']+)'/g)) {
      follow(relative(source, join(source, dirname(file), specifier)).replace(/\.js$/, '.ts'));
    }
  };
  for (const entry of ['index.ts', 'grpc.ts', 'terminus.ts', 'testing.ts']) follow(entry);
  expect(reached.size).toBeGreaterThan(100);
  expect([...reached]).not.toContain('instrumentation/import-hook.ts');
});
