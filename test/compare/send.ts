import { request } from 'node:http';
import type { Situation } from './situations.ts';

/** Sends the request of a situation, and waits for the answer, or for the end of the connection. */
export function send(url: string, situation: Situation, traceparent: string): Promise<void> {
  const { path, options, aborts } = situation;
  const headers = { ...options?.headers, traceparent, 'user-agent': 'compare' };
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { ...options, headers, agent: false }, (response) => {
      response.resume().once('end', resolve);
    });
    if (aborts) sent.once('information', () => sent.destroy());
    sent.once('error', (error) => (aborts ? resolve() : reject(error)));
    sent.setTimeout(20_000, () => sent.destroy(new Error(`no answer to ${path}`))).end();
  });
}
