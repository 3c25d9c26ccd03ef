import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverSpan } from './support/server-span.ts';
import { TracedApp } from './support/traced-app.ts';
import { tree } from './support/tree.ts';

const asking = (query: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query }),
});

describe.each(['on', 'off'])('handler spans %s', (HANDLER_SPANS) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('places-graphql-app', {
      env: { ADAPTER: 'fastify', HANDLER_SPANS },
    });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const ask = async (query: string): Promise<unknown> =>
    (await app.fetch('/graphql', asking(query))).json();

  it('rules 1, 2, 5: resolvers of a query and of fields, with a promise, a value and an Observable', async () => {
    const query = '{ books(count: 2) { id pages author { name } } }';
    expect(await ask(query)).toEqual({
      data: {
        books: [1, 2].map((id) => ({ id, pages: id * 100, author: { name: `Author of ${id}` } })),
      },
    });
    const spans = await app.trace('/graphql', asking(query));
    expect(tree(spans)).toMatchInlineSnapshot(`
      "
      app SERVER POST 200
        · info request completed
        app INTERNAL BookResolver.books
          · info looking for books
        app INTERNAL BookResolver.author
        app INTERNAL BookResolver.author
        app INTERNAL BookResolver.pages
          · info counted
        app INTERNAL BookResolver.pages
          · info counted
      "
    `);
    expect(spans.find(({ name }) => name === 'BookResolver.books')).toMatchObject({
      scope: 'app/books',
      attributes: { count: 2 },
    });
  });

  it('rule 4: a resolver of a traced class that throws what is expected', async () => {
    expect(await ask('{ missing }')).toMatchObject({ errors: [{ message: 'not on the shelf' }] });
    expect(tree(await app.trace('/graphql', asking('{ missing }')))).toMatchInlineSnapshot(`
      "
      app SERVER POST 200
        · info request completed
        app INTERNAL ShelfResolver.missing 404
      "
    `);
  });

  it.each([
    ['{ broken }', 'exception [TypeError: the shelf is broken]'],
    ['{ guarded }', 'exception [RangeError: the guard is broken]'],
  ])('rules 3, 10: errors of GraphQL are no errors of HTTP, and told: %s', async (query, told) => {
    const spans = await app.trace('/graphql', asking(query));
    const server = serverSpan(spans);
    expect(server.status.code).toBe('UNSET');
    expect(server.attributes).toMatchObject({ 'http.response.status_code': 200 });
    expect(server.attributes).not.toHaveProperty('error.type');
    expect(tree(spans).match(/exception .*/g)).toEqual([told]);
  });

  it.each([
    ['close', 'admin', 'editor'],
    ['open', 'editor', 'admin'],
  ])('rule 5: a guarded mutation stays guarded: %s', async (mutation, allowed, other) => {
    const as = (role: string): string => `mutation { ${mutation}(role: "${role}") }`;
    expect(await ask(as(allowed))).toEqual({ data: { [mutation]: `${allowed}!` } });
    expect(await ask(as(other))).toMatchObject({ errors: [{ message: 'Forbidden resource' }] });
  });
});
