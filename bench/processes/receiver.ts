import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OtlpReceiver } from '@shop/otlp';

/** What the bench asks of the process that receives spans. */
export type ReceiverCommand =
  { readonly do: 'open' | 'open sink' } | { readonly do: 'count'; readonly url: string };

/** How much each receiver and each sink has received, by URL. */
const counts = new Map<string, () => number>();

async function open(): Promise<string> {
  const receiver = await OtlpReceiver.start({ keep: false });
  counts.set(receiver.url, () => receiver.spanCount);
  return receiver.url;
}

/** Starts a server that accepts everything, in the place of Sentry or of the Datadog agent. */
async function openSink(): Promise<string> {
  let requests = 0;
  const sink = createServer((request, response) => {
    if (request.method !== 'GET') requests++;
    request.resume().once('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
  });
  await once(sink.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  counts.set(url, () => requests);
  return url;
}

async function answer(command: ReceiverCommand): Promise<object> {
  if (command.do === 'count') return { count: counts.get(command.url)?.() ?? 0 };
  return { url: await (command.do === 'open' ? open() : openSink()) };
}

process.on('message', (command: ReceiverCommand) => {
  void answer(command).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
process.send?.({});
