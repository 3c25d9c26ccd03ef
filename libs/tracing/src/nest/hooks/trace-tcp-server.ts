import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Packet } from '../../messaging/packet.js';
import { receiveMessage } from '../../messaging/receive-message.js';
import type { TracingApp } from '../../span/tracing-app.js';

type Handler = (data: unknown, host: unknown) => unknown;

interface TcpServer {
  handleMessage(socket: unknown, message: Packet): Promise<unknown>;
  addHandler(pattern: unknown, handler: Handler, isEvent?: boolean, extras?: unknown): void;
}

const received = createContextKey('nestjs-tracing.packet');

/**
 * Makes the server spans of a TCP server, before its handlers are added. Nest 11 hands the metadata of a
 * message to nobody, and its hooks do not tell when an answer has ended: so the message is noted as it
 * comes in, and each handler is wrapped.
 */
export function traceTcpServer(server: object, app: TracingApp): void {
  const tcp = server as TcpServer;
  const { handleMessage, addHandler } = tcp;
  tcp.handleMessage = (socket, message) =>
    context.with(ROOT_CONTEXT.setValue(received, message), () =>
      handleMessage.call(tcp, socket, message),
    );
  tcp.addHandler = (pattern, handler, isEvent = false, extras = {}) => {
    const kind = { pattern, isEvent, transport: 'tcp' };
    const traced: Handler = (data, host) => {
      const packet = (context.active().getValue(received) ?? {}) as Packet;
      return receiveMessage(app, kind, packet, () => handler(data, host));
    };
    addHandler.call(tcp, pattern, traced, isEvent, extras);
  };
}
