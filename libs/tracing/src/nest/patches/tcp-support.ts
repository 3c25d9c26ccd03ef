import type { Socket } from 'node:net';
import type { DynamicModule } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { context, createContextKey, ROOT_CONTEXT, type Attributes } from '@opentelemetry/api';
import type { Unsubscribable } from 'rxjs';
import { patch, Undos, type Undo } from '../../app/patch.js';
import { sharedName } from '../../span/process-state.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { failMessage, type MessageKind, type Packet } from '../../messaging/message.js';
import { receiveMessage, sendMessage } from '../../messaging/message-spans.js';
import { bindToCallSite } from '../../span/results/bind-result.js';
import { clientPatches, loadOptional } from './client-patches.js';
import { loadRpcExceptions } from './rpc-exceptions.js';

interface Answer {
  readonly err?: unknown;
  readonly isDisposed?: boolean;
}

interface TcpClient {
  readonly host?: unknown;
  readonly port?: unknown;
  send(pattern: unknown, data: unknown): unknown;
  publish(packet: Packet, callback: (answer: Answer) => void): () => void;
  dispatchEvent(packet: Packet): Promise<unknown>;
}

/**
 * Traces every TCP client of Nest until the returned function is called. Nest 11 has no hook for sent
 * messages, and the hook of Nest 12 does not report answers, so the methods by which a client sends are
 * patched.
 */
function traceTcpClients(prototype: object): Undo {
  const client = prototype as TcpClient;
  const undos = new Undos();
  undos.add(patch(client, 'send', (send) => bindToCallSite(send) as TcpClient['send']));
  undos.add(patch(client, 'publish', tracedPublish));
  undos.add(patch(client, 'dispatchEvent', tracedDispatch));
  return () => undos.run();
}

function tracedPublish(publish: TcpClient['publish']): TcpClient['publish'] {
  return function (this: TcpClient, packet, callback) {
    const caller = context.active();
    const span = sendMessage(kindOf(this, packet, false), packet);
    let isEnded = false;
    const end = (): void => {
      if (!isEnded && span?.isRecording() === true) span.end();
      isEnded = true;
    };
    const unsubscribe = publish.call(this, packet, (answer) => {
      if (span !== undefined && answer.err !== undefined && answer.err !== null) {
        failMessage(span, answer.err);
      }
      if (answer.isDisposed === true || answer.err) end();
      context.with(caller, callback, undefined, answer);
    });
    // A subscriber that unsubscribes ends the call.
    return () => {
      end();
      unsubscribe();
    };
  };
}

function tracedDispatch(dispatchEvent: TcpClient['dispatchEvent']): TcpClient['dispatchEvent'] {
  return async function (this: TcpClient, packet) {
    const kind = kindOf(this, packet, true);
    const span = sendMessage(kind, packet);
    try {
      return await dispatchEvent.call(this, packet);
    } catch (error) {
      if (span !== undefined) failMessage(span, error);
      throw error;
    } finally {
      if (span?.isRecording() === true) span.end();
    }
  };
}

function kindOf({ host, port }: TcpClient, { pattern }: Packet, isEvent: boolean): MessageKind {
  const connection = {
    ...(typeof host === 'string' && { 'server.address': host }),
    ...(typeof port === 'number' && { 'server.port': port }),
  };
  return { pattern, isEvent, transport: 'tcp', connection };
}

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

const received = createContextKey(sharedName('packet'));

/**
 * Creates the server spans of a TCP server. Call it before its handlers are added. Nest 11 does not pass on
 * the metadata of a message, and its hooks do not report the end of an answer: so each message is stored
 * in the context on arrival, and each handler is wrapped.
 */
function traceTcpServer(server: object, app: TracingApp): void {
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

type IsTcpServer = (server: object) => boolean;

let support: IsTcpServer | undefined;

export function hasTcpSupport(): boolean {
  return support !== undefined;
}

/** Loads the support for TCP: Nest awaits this module in its scan, before it creates any provider. */
export class TcpSupportModule {
  static async load(): Promise<DynamicModule> {
    support ??= await loadOptional('TCP', load);
    return {
      module: TcpSupportModule,
      // Read when Nest scans the modules.
      get providers() {
        return [clientPatches.scan()];
      },
    };
  }
}

async function load(): Promise<IsTcpServer> {
  const { ClientTCP, ServerTCP } = await import('@nestjs/microservices');
  clientPatches.add(() => traceTcpClients(ClientTCP.prototype));
  clientPatches.add(await loadRpcExceptions());
  return (server) => server instanceof ServerTCP;
}

/** Traces every TCP server of the app. */
export function traceTcpServers(
  modules: ModulesContainer,
  app: TracingApp,
): Unsubscribable | undefined {
  const isTcp = support;
  if (isTcp === undefined) return undefined;
  return modules.getRpcTargetRegistry<object>().subscribe((server) => {
    if (isTcp(server)) traceTcpServer(server, app);
  });
}
