import { afterAll, beforeAll, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';
import { newTrace, tree } from './support/tree.ts';

let app: TracedApp;
beforeAll(async () => {
  app = await TracedApp.start('service-app');
});
afterAll(() => app[Symbol.asyncDispose]());

it('rule 6: on a class, every own method but accessors, lifecycle hooks and @Untraced() ones', async () => {
  const spans = await app.trace('/count');
  expect(tree(spans)).toMatchInlineSnapshot(`
    "
    app SERVER GET /count 200
      · info request completed
      app INTERNAL Pages.count
        app INTERNAL Shelf.count
          app INTERNAL looking
    "
  `);
  expect(spans.find((span) => span.name === 'Shelf.count')?.attributes).toMatchObject({
    shelf: true,
  });
});

it('TracingService: a span by hand, the ids, and headers for a carrier of one’s own', async () => {
  const { traceId, traceparent } = newTrace();
  const response = await app.fetch('/by-hand', { headers: { traceparent } });
  const body = (await response.json()) as Record<string, unknown>;
  const spans = await app.receiver.waitFor((all) => all.some((one) => one.name === 'GET /by-hand'));
  const span = spans.find((one) => one.name === 'by hand');
  expect(span).toMatchObject({ scope: 'app/hand', attributes: { mine: 1, always: 2 }, traceId });
  expect(body).toEqual({
    result: 'done',
    traceId,
    xrayTraceId: `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`,
    spanId: spans.find((one) => one.name === 'Pages.byHand')?.spanId,
    carried: { traceId, spanId: span?.spanId, traceFlags: 1, isRemote: true },
    none: 'none',
  });
});

it('@CurrentSpan() gives a handler its own span; @InjectTracedLogger() a logger with a context', async () => {
  const { traceparent, traceId } = newTrace();
  const spanId = await (await app.fetch('/span', { headers: { traceparent } })).text();
  const spans = await app.receiver.waitFor((all) => all.some((one) => one.name === 'GET /span'));
  expect(spans.find((span) => span.spanId === spanId)?.name).toBe('Pages.span');
  await expect
    .poll(() => app.lines)
    .toContainEqual(
      expect.objectContaining({
        msg: 'has the context given',
        context: 'pages by name',
        trace_id: traceId,
        span_id: spanId,
      }),
    );
});

it('@CurrentSpan() in @Traced() methods, one of them a handler, gives the span of each', async () => {
  const { traceparent } = newTrace();
  const text = await (await app.fetch('/traced-span/7', { headers: { traceparent } })).text();
  const spans = await app.receiver.waitFor((all) =>
    all.some((one) => one.name === 'GET /traced-span/:id'),
  );
  const inner = spans.find((span) => span.name === 'Pages.inner');
  expect(text).toBe(`x ${inner?.spanId}`);
  const outer = spans.find((span) => span.spanId === inner?.parentSpanId);
  expect(outer).toMatchObject({ name: 'mine', attributes: { id: '7', always: true } });
});

it('@CurrentSpan() where nothing is recorded gives a span that records nothing', async () => {
  await using off = await TracedApp.start('service-app', { env: { TRACING_BACKEND: 'none' } });
  expect(await (await off.fetch('/span')).text()).toBe('0'.repeat(16));
  expect(await (await off.fetch('/traced-span/7')).text()).toBe(`x ${'0'.repeat(16)}`);
});
