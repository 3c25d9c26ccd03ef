import type { DeferredSpan } from '../span/deferred-span.js';
import { currentCaller, startClientSpan } from '../app/client-span.js';
import {
  clientKind,
  messageAttributes,
  nameOfPattern,
  type MessageKind,
  packetSetter,
  type Packet,
} from './message.js';

/**
 * Starts the client span of a message, and writes its context to the metadata of the packet. Returns
 * undefined if nothing is recorded.
 */
export function sendMessage(kind: MessageKind, packet: Packet): DeferredSpan | undefined {
  const caller = currentCaller();
  if (caller === undefined) return undefined;
  const { propagator, settings } = caller.app;
  const { span, carried } = startClientSpan(caller, () => ({
    kind: clientKind(kind),
    name: nameOfPattern(kind.pattern),
    attributes: messageAttributes(kind, settings),
  }));
  propagator.inject(carried, packet, packetSetter);
  return span;
}
