import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** In a process of its own: both ways into every entry point, from an ES module and from CommonJS. */
const script = `
  import('node:module').then(async ({ createRequire }) => {
    const require = createRequire(process.cwd() + '/');
    const { name, exports } = require('nestjs-tracing/package.json');
    for (const entry of Object.keys(exports)) {
      if (entry.endsWith('.json')) continue;
      const specifier = name + entry.slice(1);
      const isSame = REQUIRE_FIRST
        ? require(specifier) === (await import(specifier))
        : (await import(specifier)) === require(specifier);
      console.log(specifier, isSame);
    }
  });
`;

it.each([
  ['an ES module', 'module', 'import'],
  ['an ES module', 'module', 'require'],
  ['CommonJS', 'commonjs', 'import'],
  ['CommonJS', 'commonjs', 'require'],
])('from %s, `import` and `require` give one instance (%s, %s first)', (_from, type, first) => {
  const source = script.replace('REQUIRE_FIRST', String(first === 'require'));
  const output = execFileSync(process.execPath, ['--input-type', type, '--eval', source], {
    encoding: 'utf8',
  });
  expect(output).toBe(
    ['', '/register', '/grpc', '/testing'].map((path) => `nestjs-tracing${path} true\n`).join(''),
  );
});
