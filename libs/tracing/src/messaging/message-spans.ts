import { context, ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { currentCaller, startClientSpan } from '../app/client-span.js';
import { startServerSpan } from '../app/server-span.js';
import type { DeferredSpan } from '../span/deferred-span.js';
import { subscribeIn } from '../span/results/subscribe-in.js';
import { isPlainObservable } from '../span/results/traced-observable.js';
import type { TracingApp } from '../span/tracing-app.js';
import {
  clientKind,
  messageAttributes,
  nameOfPattern,
  type MessageKind,
  packetSetter,
  type Packet,
  serverKind,
  failMessage,
  packetGetter,
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
    attributes: () => [messageAttributes(kind, settings)],
  }));
  propagator.inject(carried, packet, packetSetter);
  return span;
}

/**
 * Handles a message in its own server span, which lasts until the answer is complete (rule 14).
 *
 * @param host the object that the transport passes to guards, handlers and filters along with the data
 */
export async function receiveMessage(
  app: TracingApp,
  kind: MessageKind,
  packet: Packet,
  host: unknown,
  handle: () => unknown,
): Promise<unknown> {
  const call = startServerSpan(app, {
    carrier: packet,
    getter: packetGetter,
    publicEndpointArgument: () => kind,
    kind: serverKind(kind),
    name: nameOfPattern(kind.pattern),
    attributes: () => [messageAttributes(kind, app.settings)],
    host,
  });
  if (call?.span === undefined) return context.with(call?.scope ?? ROOT_CONTEXT, handle);
  const { scope, span, request } = call;
  const fail = (error: unknown): void => failMessage(span, error, request?.thrown?.type);
  try {
    const result = await context.with(scope, handle);
    if (isPlainObservable(result)) return answering(result, span, scope, fail);
    span.end();
    return result;
  } catch (error) {
    fail(error);
    span.end();
    throw error;
  }
}

function answering(
  source: Observable<unknown>,
  span: DeferredSpan,
  scope: Context,
  fail: (error: unknown) => void,
): Observable<unknown> {
  return new Observable((subscriber) => {
    subscribeIn(scope, source, subscriber, { error: fail });
    return () => span.end();
  });
}
