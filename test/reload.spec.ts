import { expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';

it.each([
  ['close first', 'kept'],
  ['start first', 'kept'],
  ['close first', 'anew'],
  ['start first', 'anew'],
])('rule 24: hot reload, %s, library %s: every generation is traced', async (ORDER, LIBRARY) => {
  await using app = await TracedApp.start('reload-app', {
    env: { ORDER, LIBRARY, OTEL_LOG_LEVEL: 'ERROR' },
    serves: false,
  });
  expect(await app.exit).toBe(0);
  const spans = await app.receiver.waitFor((all) => all.length === 4);
  expect(spans.map(({ name, events }) => [name, events.length]).toSorted()).toEqual([
    ['generation 0', 1],
    ['generation 1', 1],
    ['generation 2', 1],
    ['generation 3', 1],
  ]);
  expect(app.errors).toBe('');
  expect(app.output).not.toContain('uplicate');
});
