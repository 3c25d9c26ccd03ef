import { describe, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';
import { newTrace } from './support/tree.ts';

const completed = /^request (completed|errored)/;

describe.each(['express', 'fastify'])('%s', (ADAPTER) => {
  it.each(['brought', 'own', 'renamed', 'none'])(
    'rule 29: of an ignored request only the failure has a line: logger %s',
    async (WAY) => {
      await using app = await TracedApp.start('ignored-app', { env: { ADAPTER, WAY } });
      expect((await app.fetch('/health')).status).toBe(200);
      expect((await app.fetch('/health?fails')).status).toBe(500);
      expect((await app.fetch('/page')).status).toBe(200);
      const lines = (which: RegExp): string[] =>
        app.lines.flatMap(({ msg = '' }) => (which.test(msg) ? [msg] : []));
      await expect.poll(() => lines(completed)).toEqual(['request errored', 'request completed']);
      await expect.poll(() => lines(/^checking$/)).toHaveLength(3);
    },
  );

  it("rule 29: nothing is recorded below it, whatever the app's own sampler says", async () => {
    const env = { ADAPTER, WAY: 'brought' };
    await using app = await TracedApp.start('ignored-app', { env });
    const { traceId, traceparent } = newTrace();
    const sent = (await (await app.fetch('/health', { headers: { traceparent } })).json()) as {
      traceparent: string;
    };
    expect(sent.traceparent).toBe(`00-${traceId}-00000000000000aa-00`);
    const alone = (await (await app.fetch('/health')).json()) as { traceparent: string };
    expect(alone.traceparent).toMatch(/-00$/);
    await app.trace('/page');
    await app.stop();
    expect(app.receiver.spans.map((span) => span.name).toSorted()).toEqual([
      'Checks.run',
      'GET /page',
      'Health.check',
      'SELECT 1',
    ]);
  });
});
