import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { isEventStream } from './response-end.js';

/** Whether a response is reported as an event stream after its headers were sent. */
async function isReportedAsStream(answer: (response: ServerResponse) => void): Promise<boolean> {
  let isReported = false;
  const server = createServer((_, response) => {
    answer(response);
    response.end();
    isReported = isEventStream(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text();
  server.close();
  return isReported;
}

it.each<[string, boolean, (response: ServerResponse) => void]>([
  ['a header', true, (response) => response.setHeader('content-type', 'text/event-stream')],
  [
    'the head alone',
    true,
    (response) => response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' }),
  ],
  [
    'the head, beside a header',
    true,
    (response) =>
      response.setHeader('a', '1').writeHead(200, { 'content-type': 'text/event-stream' }),
  ],
  [
    'a header of another kind',
    false,
    (response) => response.setHeader('content-type', 'text/html'),
  ],
  [
    'a head of another kind',
    false,
    (response) => response.writeHead(200, { 'content-type': 'a/b' }),
  ],
  ['nothing', false, () => undefined],
])('a stream of events is known by its type: %s', async (_, isOne, answer) => {
  expect(await isReportedAsStream(answer)).toBe(isOne);
});
