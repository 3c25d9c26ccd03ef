import type { Socket } from 'node:net';
import { context, createContextKey, ROOT_CONTEXT, type Attributes } from '@opentelemetry/api';
import type { Packet } from '../../messaging/packet.js';
import { receiveMessage } from '../../messaging/receive-message.js';
import { patch } from '../../span/app/patch.js';
import type { TracingApp } from '../../span/tracing-app.js';

type Handler = (data: unknown, host: unknown) => unknown;

/** A connection, as Nest wraps it. */
interface TcpSocket {
  readonly netSocket?: Pick<Socket, 'remoteAddress' | 'remotePort'>;
}

interface Received {
  readonly message?: Packet;
  readonly socket?: TcpSocket;
}

interface TcpServer {
  handleMessage(socket: TcpSocket, message: Packet): Promise<unknown>;
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
  app.onStop(
    patch(
      tcp,
      'handleMessage',
      (handleMessage) => (socket, message) =>
        context.with(ROOT_CONTEXT.setValue(received, { message, socket }), () =>
          handleMessage.call(tcp, socket, message),
        ),
    ),
  );
  app.onStop(
    patch(tcp, 'addHandler', (addHandler) => (pattern, handler, isEvent = false, extras = {}) => {
      const traced: Handler = (data, host) => {
        const { message, socket } = (context.active().getValue(received) ?? {}) as Received;
        const kind = { pattern, isEvent, transport: 'tcp', connection: peerOf(socket) };
        return receiveMessage(app, kind, message ?? {}, host, () => handler(data, host));
      };
      addHandler.call(tcp, pattern, traced, isEvent, extras);
    }),
  );
}

function peerOf(socket: TcpSocket | undefined): Attributes {
  const { remoteAddress, remotePort } = socket?.netSocket ?? {};
  return remoteAddress === undefined || remotePort === undefined
    ? {}
    : { 'network.peer.address': remoteAddress, 'network.peer.port': remotePort };
}
