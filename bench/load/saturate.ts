import { HttpConnection, type HttpRequest } from './http-connection.ts';

/** Enough that the app is never idle, even on a machine with several cores. */
const CONNECTIONS = 8;

/**
 * Sends a number of requests as fast as the app answers them: each connection sends its next request when it
 * has received an answer. Resolves to the requests per second.
 */
export async function saturate(
  url: string,
  request: HttpRequest,
  requests: number,
): Promise<number> {
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => HttpConnection.open(url, request)),
  );
  let sent = 0;
  const start = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (sent++ < requests) await connection.send();
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  for (const connection of connections) connection.close();
  return requests / seconds;
}
