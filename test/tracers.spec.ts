import { expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';

it('a tracer is that of the module, or any of the app by its name', async () => {
  await using app = await TracedApp.start('tracers-app');
  const spans = await app.trace('/page');
  expect(spans.map(({ name, scope }) => `${name}: ${scope}`).toSorted()).toEqual([
    'GET /page: nestjs-tracing',
    'Other.send: app/mail',
    'Other.work: app',
    'Pages.page: app',
    'by name: app/billing',
    'by name: app/mail',
    'own: app/billing',
  ]);
});

it('@InjectTracer() in a module without forFeature is a coded error at start', async () => {
  await using app = await TracedApp.start('tracers-app', {
    env: { WAY: 'without feature' },
    serves: false,
  });
  expect(await app.exit).not.toBe(0);
  const text = app.errors + app.output;
  expect(text).toContain('TRACING_NO_FEATURE');
  expect(text).toContain('@InjectTracer() was used in Own');
});

it('a name that no forFeature registered is named at start', async () => {
  await using app = await TracedApp.start('tracers-app', {
    env: { WAY: 'unknown' },
    serves: false,
  });
  expect(await app.exit).not.toBe(0);
  expect(app.errors + app.output).toContain("forFeature('billing')");
});
