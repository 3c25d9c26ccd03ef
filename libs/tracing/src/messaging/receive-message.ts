import { context, ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { DeferredSpan } from '../span/deferred-span.js';
import { extractContext } from '../span/incoming/extract-context.js';
import { incoming } from '../span/incoming/incoming.js';
import { withRequestScope } from '../span/app/request-scope.js';
import { subscribeIn } from '../span/results/subscribe-in.js';
import { isPlainObservable } from '../span/results/traced-observable.js';
import type { TracingApp } from '../span/tracing-app.js';
import { messageAttributes, nameOfPattern, serverKind, type MessageKind } from './message-kind.js';
import { failMessage } from './message-outcome.js';
import { packetGetter, type Packet } from './packet.js';

/** Answers a message inside a span of its own, which lasts as long as its answer (rule 14). */
export async function receiveMessage(
  app: TracingApp,
  kind: MessageKind,
  packet: Packet,
  handle: () => unknown,
): Promise<unknown> {
  const extracted = extractContext(app.propagator, ROOT_CONTEXT, packet, packetGetter);
  const { parent, links } = incoming(app, extracted, () => kind);
  // Nothing came in and nothing is recorded: there is nothing to carry (rule 26).
  if (parent === ROOT_CONTEXT && !app.recordsRoots) return handle();
  const span = new DeferredSpan({
    app,
    tracer: app.tracer,
    name: nameOfPattern(kind.pattern),
    options: { kind: serverKind(kind), attributes: messageAttributes(kind, app.settings), links },
    parent,
  });
  const scope = withRequestScope(span.activate(), { app, serverSpan: span });
  try {
    const result = await context.with(scope, handle);
    if (isPlainObservable(result)) return answering(result, span, scope);
    span.end();
    return result;
  } catch (error) {
    failMessage(span, error);
    span.end();
    throw error;
  }
}

function answering(
  source: Observable<unknown>,
  span: DeferredSpan,
  scope: Context,
): Observable<unknown> {
  return new Observable((subscriber) => {
    subscribeIn(scope, source, subscriber, { error: (error) => failMessage(span, error) });
    return () => span.end();
  });
}
