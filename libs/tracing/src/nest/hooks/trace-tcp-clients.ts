import { context } from '@opentelemetry/api';
import { failMessage } from '../../messaging/message-outcome.js';
import type { MessageKind } from '../../messaging/message-kind.js';
import type { Packet } from '../../messaging/packet.js';
import { sendMessage } from '../../messaging/send-message.js';
import { patch } from '../../span/app/patch.js';
import { Undos, type Undo } from '../../span/app/undos.js';
import { belongToCaller } from '../../span/results/belong-to-caller.js';

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
 * Gives every TCP client of Nest spans and headers, until the function that it returns is called. Nest 11
 * has no hook for what goes out, and the hook of Nest 12 tells no answer: so the two methods by which a
 * client sends are the place.
 */
export function traceTcpClients(prototype: object): Undo {
  const client = prototype as TcpClient;
  const undos = new Undos();
  undos.add(patch(client, 'send', (send) => belongToCaller(send) as TcpClient['send']));
  undos.add(patch(client, 'publish', tracedPublish));
  undos.add(patch(client, 'dispatchEvent', tracedDispatch));
  return () => undos.run();
}

function tracedPublish(publish: TcpClient['publish']): TcpClient['publish'] {
  return function (this: TcpClient, packet, callback) {
    const kind = kindOf(this, packet, false);
    const span = sendMessage(kind, packet);
    if (span === undefined) return publish.call(this, packet, callback);
    const caller = context.active();
    let isEnded = false;
    const end = (): void => {
      if (!isEnded && span.isRecording()) span.end();
      isEnded = true;
    };
    const leave = publish.call(this, packet, (answer) => {
      if (answer.err !== undefined && answer.err !== null) failMessage(span, answer.err);
      if (answer.isDisposed === true || answer.err) end();
      context.with(caller, callback, undefined, answer);
    });
    // Somebody who does not wait any more ends the call.
    return () => {
      end();
      leave();
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
