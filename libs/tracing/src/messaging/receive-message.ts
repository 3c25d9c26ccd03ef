import { context, ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { DeferredSpan } from '../span/deferred-span.js';
import { extractContext } from '../span/incoming/extract-context.js';
import { incoming } from '../span/incoming/incoming.js';
import { withRequestScope, type RequestScope } from '../span/app/request-scope.js';
import { keepRequest } from '../span/app/requests-by-object.js';
import { subscribeIn } from '../span/results/subscribe-in.js';
import { isPlainObservable } from '../span/results/traced-observable.js';
import type { TracingApp } from '../span/tracing-app.js';
import { messageAttributes, nameOfPattern, serverKind, type MessageKind } from './message-kind.js';
import { failMessage } from './message-outcome.js';
import { packetGetter, type Packet } from './packet.js';

/**
 * Answers a message inside a span of its own, which lasts as long as its answer (rule 14).
 *
 * @param host what the transport hands to guards, handlers and filters beside the data
 */
export async function receiveMessage(
  app: TracingApp,
  kind: MessageKind,
  packet: Packet,
  host: unknown,
  handle: () => unknown,
): Promise<unknown> {
  const extracted = extractContext(app.propagator, ROOT_CONTEXT, packet, packetGetter);
  const { parent, links } = incoming(app, extracted, () => kind);
  // Nothing came in and nothing is recorded: there is nothing to carry (rule 26).
  if (parent === ROOT_CONTEXT && !app.recordsRoots) return context.with(ROOT_CONTEXT, handle);
  const span = new DeferredSpan({
    app,
    tracer: app.tracer,
    name: nameOfPattern(kind.pattern),
    options: { kind: serverKind(kind), attributes: messageAttributes(kind, app.settings), links },
    parent,
  });
  const request: RequestScope = { app, serverSpan: span };
  keepRequest(host, request);
  const scope = withRequestScope(span.activate(), request);
  const fail = (error: unknown): void => failMessage(span, error, request.thrown?.type);
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
