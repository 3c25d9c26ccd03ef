import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OtlpReceiver } from '@shop/otlp';

/** What the bench asks of the process that receives spans. */
export type ReceiverCommand =
  { readonly do: 'open' } | { readonly do: 'count'; readonly url: string };

const receivers = new Map<string, OtlpReceiver>();

/** Accepts everything, in the place of Sentry and of the Datadog agent, and counts the requests. */
let sinkRequests = 0;
const sink = createServer((request, response) => {
  if (request.method !== 'GET') sinkRequests++;
  request.resume().once('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  });
});
await once(sink.listen(0, '127.0.0.1'), 'listening');
const sinkUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;

async function open(): Promise<{ url: string }> {
  const receiver = await OtlpReceiver.start({ keep: false });
  receivers.set(receiver.url, receiver);
  return { url: receiver.url };
}

process.on('message', (command: ReceiverCommand) => {
  if (command.do === 'open') void open().then((answer) => process.send?.(answer));
  else process.send?.({ count: receivers.get(command.url)?.spanCount ?? sinkRequests });
});
process.on('disconnect', () => process.exit());
process.send?.({ sinkUrl });
