import type { Span } from '@shop/otlp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';
import { newTrace, tree } from './support/tree.ts';

describe.each(['on', 'off'])('handler spans %s', (HANDLER_SPANS) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('places-events-app', { env: { HANDLER_SPANS } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  it.each([
    ['Jobs.cron', '  · info cron done'],
    ['Jobs.interval', '  · info interval done'],
    ['JobsOfClass.interval', '  · info done!'],
  ])('rules 1, 5: scheduled work is a trace of its own: %s', async (name, event) => {
    const spans = await app.receiver.waitFor((all) => all.some((one) => one.name === name));
    const own = spans.filter((one) => one.name === name);
    expect(own[0]?.scope).toBe('app/jobs');
    expect(tree(app.receiver.spansOfTrace(own[0]?.traceId ?? ''))).toBe(
      `\napp INTERNAL ${name}\n${event}\n`,
    );
  });

  it('rule 3: scheduled work that fails is told, and the app goes on', async () => {
    const spans = await app.receiver.waitFor((all) =>
      all.some((one) => one.name === 'Jobs.timeout'),
    );
    const [own] = spans.filter((one) => one.name === 'Jobs.timeout');
    expect(own?.status.code).toBe('ERROR');
    expect((await app.fetch('/order')).status).toBe(200);
  });

  it('rules 1, 5: a listener of several events, decorated between them, belongs to the emitter', async () => {
    expect(await (await app.fetch('/order')).text()).toBe('true');
    expect(tree(await app.trace('/order'))).toMatchInlineSnapshot(`
      "
      app SERVER GET /order 200
        · info request completed
        app INTERNAL Orders.order
          app INTERNAL Listeners.onOrder
            · info heard of tea
          app INTERNAL Listeners.onOrder
            · info heard of milk
      "
    `);
  });

  it('rules 2, 3: an asynchronous listener, and one that throws', async () => {
    const drawn = async (path: string): Promise<string> =>
      tree((await app.trace(path)).filter(({ name }) => name.startsWith('Listeners.'))).replaceAll(
        ' (its parent is missing)',
        '',
      );
    expect(await drawn('/later')).toMatchInlineSnapshot(`
      "
      app INTERNAL Listeners.onLater
        · info heard later of tea
      "
    `);
    expect(await drawn('/broken')).toMatchInlineSnapshot(`
      "
      app INTERNAL Listeners.onBroken ERROR: the listener is broken
        · exception [Error: the listener is broken]
      "
    `);
  });

  it('rule 6: a listener that is made for each event', async () => {
    const { traceId, traceparent } = newTrace();
    expect((await app.fetch('/one', { headers: { traceparent } })).status).toBe(200);
    const spans = await app.receiver.waitFor(
      (all) =>
        all.filter((one) => one.traceId === traceId && one.name === 'ListenerOfOne.onOne')
          .length === 2,
    );
    const heard = spans.filter(
      (one) => one.traceId === traceId && one.name === 'ListenerOfOne.onOne',
    );
    expect(heard.map(({ scope, events }) => [scope, ...events.map(({ name }) => name)])).toEqual([
      ['app/jobs', 'heard 1'],
      ['app/jobs', 'heard 1'],
    ]);
  });

  it('rule 5: listeners of an emitter of node, with the `this` that they were given', async () => {
    const { traceId, traceparent } = newTrace();
    const response = await app.fetch('/plain', { headers: { traceparent } });
    expect(await response.json()).toEqual(['bound!', 'unbound by EventEmitter', 'once!']);
    const isOwn = (span: Span): boolean =>
      span.traceId === traceId && span.name.startsWith('PlainListener.');
    const spans = await app.receiver.waitFor((all) => all.filter(isOwn).length === 3);
    expect(spans.filter(isOwn).map(({ name, scope }) => [name, scope])).toEqual([
      ['PlainListener.bound', 'app/jobs'],
      ['PlainListener.unbound', 'app/jobs'],
      ['PlainListener.bound', 'app/jobs'],
    ]);
  });

  it('rule 2: what a handler leaves behind is in its trace, though its span has ended', async () => {
    const { traceId, traceparent } = newTrace();
    await app.fetch('/leave', { headers: { traceparent } });
    await app.receiver.waitFor((all) => all.filter((one) => one.traceId === traceId).length === 3);
    const drawn = tree(app.receiver.spansOfTrace(traceId));
    expect(drawn.replace(' (started after its parent had ended)', '')).toMatchInlineSnapshot(`
      "
      app SERVER GET /leave 200
        · info request completed
        app INTERNAL Orders.leave
          app INTERNAL Listeners.onOrder
            · info heard of crumbs
      "
    `);
  });
});
