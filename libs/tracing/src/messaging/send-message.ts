import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { currentApp } from '../span/app/current-app.js';
import { DeferredSpan } from '../span/deferred-span.js';
import { clientKind, messageAttributes, nameOfPattern, type MessageKind } from './message-kind.js';
import { packetSetter, type Packet } from './packet.js';

/**
 * Starts the span of a message that goes out, and writes its context beside the message. Undefined
 * where nothing is recorded and there is nothing to carry.
 */
export function sendMessage(kind: MessageKind, packet: Packet): DeferredSpan | undefined {
  const app = currentApp();
  const parent = context.active();
  if (app === undefined || (parent === ROOT_CONTEXT && !app.recordsRoots)) return undefined;
  const span = new DeferredSpan({
    app,
    tracer: app.tracer,
    name: nameOfPattern(kind.pattern),
    options: { kind: clientKind(kind), attributes: messageAttributes(kind, app.settings) },
    parent,
  });
  app.propagator.inject(span.activate(), packet, packetSetter);
  return span;
}
