import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { fixturePath, TracedApp, type TracedAppOptions } from './support/traced-app.ts';

const packageName = '@opentelemetry/instrumentation-generic-pool';
const register = ['--import', 'nestjs-tracing/register'];

const messages = (app: TracedApp): string[] =>
  app.lines.filter((line) => line.context === 'TracingModule').map((line) => line.msg ?? '');

it.each([
  ['import', register],
  ['require', register],
  ['require', ['--require', 'nestjs-tracing/register']],
])('register: a driver loaded by %s makes spans, with %s', async (LOADED_BY, node) => {
  const env = { LOADED_BY, TRACING_INSTRUMENTATIONS: packageName };
  await using app = await TracedApp.start('pool-app', { env, node });
  const spans = await app.trace('/page');
  expect(spans.map((span) => span.name).toSorted()).toEqual([
    'GET /page',
    'Pages.page',
    'generic-pool.acquire',
  ]);
  await expect
    .poll(() => messages(app)[0])
    .toMatch(new RegExp(`instrumented: .*handlers, log lines of .*, ${packageName}\\.$`));
});

it.each<[string, TracedAppOptions, string]>([
  [
    'a package that is not installed',
    { node: register, env: { TRACING_INSTRUMENTATIONS: '@opentelemetry/instrumentation-none' } },
    '@opentelemetry/instrumentation-none is not installed. Run npm install @opentelemetry/instrumentation-none.',
  ],
  [
    'a package that instruments nothing',
    { node: register, env: { TRACING_INSTRUMENTATIONS: 'rxjs' } },
    'rxjs exports no OpenTelemetry instrumentation. Remove it from TRACING_INSTRUMENTATIONS.',
  ],
  [
    'what the library traces itself',
    { node: register, env: { TRACING_INSTRUMENTATIONS: '@opentelemetry/instrumentation-http' } },
    '@opentelemetry/instrumentation-http was not loaded, because nestjs-tracing traces HTTP servers and outgoing HTTP itself. Remove it from TRACING_INSTRUMENTATIONS.',
  ],
  [
    'a start without register',
    { env: { TRACING_INSTRUMENTATIONS: packageName } },
    `TRACING_INSTRUMENTATIONS names ${packageName}, but the process was not started with node --import nestjs-tracing/register`,
  ],
  [
    'an instrumentation that came after its driver',
    { env: { LATE: 'true' } },
    `${packageName} creates no spans: generic-pool was loaded before it.`,
  ],
])('rule 25: %s is told, with the way to mend it, and the app runs', async (_what, how, told) => {
  await using app = await TracedApp.start('pool-app', how);
  const names = (await app.trace('/page')).map((span) => span.name);
  expect(names.toSorted()).toEqual(['GET /page', 'Pages.page']);
  await expect.poll(() => messages(app).slice(1)).toEqual([expect.stringContaining(told)]);
});

it('rule 25: a driver of the app without spans is named, with the commands that fix it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drivers-'));
  try {
    const dependencies = { pg: '8', 'generic-pool': '3', '@aws-sdk/client-s3': '3' };
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', dependencies }));
    const app = pathToFileURL(fixturePath('pool-app')).href;
    await writeFile(join(folder, 'main.js'), `await import(${JSON.stringify(app)});`);
    await using started = await TracedApp.start(join(folder, 'main.js'));
    await expect
      .poll(() => messages(started).slice(1))
      .toEqual([
        'These packages are installed but not traced: pg, @aws-sdk/client-s3. To trace them: npm install ' +
          '@opentelemetry/instrumentation-pg @opentelemetry/instrumentation-aws-sdk; set ' +
          'TRACING_INSTRUMENTATIONS=@opentelemetry/instrumentation-pg,@opentelemetry/instrumentation-aws-sdk; ' +
          'start with node --import nestjs-tracing/register.',
      ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('register with tracing off constructs nothing', async () => {
  const env = { TRACING_INSTRUMENTATIONS: packageName, OTEL_SDK_DISABLED: 'true' };
  await using app = await TracedApp.start('pool-app', { env, node: register });
  expect(await (await app.fetch('/page')).text()).toBe('done');
  await expect.poll(() => messages(app)).toEqual([expect.stringContaining('Tracing is off')]);
});
