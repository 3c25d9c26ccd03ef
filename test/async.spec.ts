import { expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';

it.each(['useFactory', 'useFactory with ConfigService', 'useClass', 'useExisting'])(
  'forRootAsync: options from %s hold; spans begin when they are there',
  async (FORM) => {
    await using app = await TracedApp.start('async-app', { env: { FORM, SERVICE: 'late' } });
    const spans = await app.trace('/page');
    expect(spans.map(({ service, name }) => `${service} ${name}`).toSorted()).toEqual([
      'late GET /page',
      'late Pages.page',
    ]);
    // A provider that injects anything of the library is made once the options are there.
    const body = (await (await app.fetch('/page')).json()) as Record<string, string>;
    const all = await app.receiver.waitFor((some) =>
      some.some((span) => span.spanId === body['patient']),
    );
    expect(all.filter((span) => span.name === 'Patient.look')).toHaveLength(1);
    expect(body['early']).toBe('made');
    if (FORM.startsWith('useFactory')) return; // there at once: it may be made before or after
    expect(all.filter((span) => span.name === 'Early.look')).toEqual([]);
  },
);

it.each([
  ['nothing', 'TRACING_NO_ROOT'],
  ['rubbish', 'TRACING_INVALID_SETTINGS'],
])('forRootAsync: %s instead of options is %s at start', async (FORM, code) => {
  await using app = await TracedApp.start('async-app', { env: { FORM }, serves: false });
  expect(await app.exit).not.toBe(0);
  expect(app.errors).toContain(code);
});
