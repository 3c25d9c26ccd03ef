import { setTimeout as sleep } from 'node:timers/promises';
import { HttpConnection, type HttpRequest } from './http-connection.ts';

const MAX_CONNECTIONS = 64;

/**
 * Sends a number of requests at a fixed rate per second, whether or not the app has answered the earlier
 * ones. Resolves to the latency of each, in milliseconds and sorted. The latency of a request that had to
 * wait for a free connection includes that time.
 */
export async function sendAtRate(
  url: string,
  request: HttpRequest,
  requests: number,
  rate: number,
): Promise<number[]> {
  const free = await Promise.all(
    Array.from({ length: MAX_CONNECTIONS }, () => HttpConnection.open(url, request)),
  );
  const all = [...free];
  const waiting: number[] = [];
  const latencies: number[] = [];
  const failures: unknown[] = [];
  const send = async (connection: HttpConnection, due: number): Promise<void> => {
    await connection.send();
    latencies.push(performance.now() - due);
    const next = waiting.shift();
    if (next === undefined) free.push(connection);
    else await send(connection, next);
  };
  const start = performance.now();
  let sent = 0;
  while (latencies.length < requests && failures.length === 0) {
    const now = performance.now();
    const due = Math.min(requests, Math.ceil(((now - start) / 1000) * rate));
    for (; sent < due; sent++) {
      // The most recently used connection is used first, as an agent with keep-alive does.
      const connection = free.pop();
      if (connection === undefined) waiting.push(now);
      else send(connection, now).catch((error: unknown) => failures.push(error));
    }
    await sleep(1);
  }
  for (const connection of all) connection.close();
  if (failures.length > 0) throw failures[0];
  return latencies.toSorted((a, b) => a - b);
}
