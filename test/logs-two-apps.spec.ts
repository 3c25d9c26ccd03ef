import type { Span } from '@shop/otlp';
import { expect, it } from 'vitest';
import { TracedApp, type LogLine } from './support/traced-app.ts';

/** All values of the events. */
const shown = (spans: readonly Span[]): string =>
  JSON.stringify(spans.flatMap((span) => span.events.map(({ attributes }) => attributes)));

it('rules 17-19: two apps in one process: no line is doubled, every redaction is kept', async () => {
  await using app = await TracedApp.start('logs-two-apps-app');
  await expect.poll(() => app.output, { timeout: 10_000 }).toContain('service further');
  const spans = await app.trace('/page');
  const lines = (): LogLine[] =>
    app.lines.filter(
      ({ trace_id, msg }) => trace_id === spans[0]?.traceId && !msg?.includes('request'),
    );
  await expect.poll(lines, { timeout: 10_000 }).toHaveLength(3);

  const hidden = { a: '[Redacted]', b: '[Redacted]', open: 'seen' };
  expect(lines()).toMatchObject([
    { msg: 'of the first app', context: 'Pages', ...hidden },
    { msg: 'twice', ...hidden },
    { msg: 'of the further app', context: 'Further', ...hidden },
  ]);
  expect(app.errors.match(/"msg":"twice"/g)).toHaveLength(1);
  const events = spans
    .flatMap((span) => span.events)
    .filter(({ name }) => !name.includes('request'));
  expect(events.map(({ name }) => name).toSorted()).toEqual([
    'of the first app',
    'of the further app',
    'twice',
  ]);
  expect(shown(spans)).not.toContain('hush');

  await (await app.fetch('/close')).text();
  const later = await app.trace('/page');
  const first = later.flatMap((span) => span.events).map(({ name }) => name);
  expect(first).toEqual(expect.arrayContaining(['of the first app', 'twice']));
  expect(shown(later)).not.toContain('hush');
});
