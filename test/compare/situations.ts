import type { RequestOptions } from 'node:http';

/** One request to the app, and all that it does for it. */
export interface Situation {
  readonly title: string;
  readonly path: string;
  readonly options?: RequestOptions;
  /** The client goes as soon as the app has told it to go on waiting. */
  readonly aborts?: true;
}

const outgoing = [
  ['answered', 'ok'],
  ['a query with a secret', 'secret'],
  ['answered with a 404', 'missing'],
  ['answered with a 503', 'failing'],
  ['refused', 'refused'],
] as const;

export const situations: readonly Situation[] = [
  { title: 'an order', path: '/orders/7' },
  { title: 'a query with a secret', path: '/orders/7?page=2&access_token=s3cret' },
  { title: 'HEAD', path: '/orders/7', options: { method: 'HEAD' } },
  { title: 'a route that there is not', path: '/nowhere' },
  { title: 'a method that nobody knows', path: '/orders/7', options: { method: 'PROPFIND' } },
  { title: 'an `HttpException` below 500', path: '/orders/unknown' },
  { title: 'a guard refuses', path: '/orders/7/secret' },
  { title: 'a crash', path: '/orders/broken' },
  { title: 'an Observable that fails', path: '/orders/7/later' },
  { title: 'the client goes', path: '/orders/7/waiting', aborts: true },
  {
    title: 'behind a proxy',
    path: '/orders/7',
    options: {
      headers: {
        'x-forwarded-for': '192.0.2.7',
        'x-forwarded-host': 'shop.test',
        'x-forwarded-proto': 'https',
      },
    },
  },
  ...['fetch', 'http'].flatMap((client) =>
    outgoing.map(([title, what]) => ({
      title: `\`${client}\`: ${title}`,
      path: `/outgoing/${client}/${what}`,
    })),
  ),
  { title: 'gRPC: unary', path: '/calls/unary' },
  { title: 'gRPC: a plain `Error`', path: '/calls/broken' },
  { title: 'gRPC: `RpcException` NOT_FOUND', path: '/calls/unknown' },
  { title: 'gRPC: a deadline', path: '/calls/deadline' },
  { title: 'gRPC: the caller cancels', path: '/calls/cancel' },
  { title: 'gRPC: the caller leaves a stream', path: '/calls/leave' },
  { title: 'gRPC: nobody listens', path: '/calls/nobody' },
  { title: 'gRPC: server stream', path: '/calls/download' },
  { title: 'gRPC: client stream', path: '/calls/upload' },
  { title: 'gRPC: both stream', path: '/calls/both' },
  { title: 'gRPC: subscribed to later', path: '/calls/later' },
  { title: 'gRPC: one call after the other, by `switchMap`', path: '/calls/chain' },
];
