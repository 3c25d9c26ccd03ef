import {
  ServerInterceptingCall,
  ServerListenerBuilder,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, type Context } from '@opentelemetry/api';
import { DeferredSpan } from '../span/deferred-span.js';
import { isServerFault } from '../span/expected-error.js';
import { extractContext } from '../span/extract-context.js';
import { ignoredContext } from '../span/ignored-context.js';
import { incoming, type Incoming } from '../span/incoming.js';
import { matches } from '../span/matches.js';
import { remember } from '../span/remember.js';
import { withRequestScope } from '../span/request-scope.js';
import type { TracingApp } from '../span/tracing-app.js';
import { callAttributes, fullMethod, peerAttributes, statusAttributes } from './grpc-attributes.js';
import { MessageCount } from './message-count.js';
import { metadataGetter } from './metadata-carrier.js';

const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;

/**
 * Makes the server span of each call, which lasts as long as the call, and makes its context active
 * for every message, so in guards, pipes, interceptors, handler and filters (rule 11).
 */
export function serverInterceptor(app: TracingApp): ServerInterceptor {
  const isIgnored = remember((path) => matches(fullMethod(path), app.settings.ignore.grpc));
  return ({ path, requestStream, responseStream }, call) => {
    const { settings } = app;
    const messages = new MessageCount(requestStream || responseStream);
    /** Undefined where nothing came in and nothing is recorded (rule 26). */
    let scope: Context | undefined;
    let span: DeferredSpan | undefined;

    const start = ({ parent, links }: Incoming): void => {
      if (parent === ROOT_CONTEXT && !app.recordsRoots) return;
      if (isIgnored(path)) {
        scope = ignoredContext(parent);
        return;
      }
      span = new DeferredSpan({
        app,
        tracer: app.tracer,
        name: fullMethod(path),
        options: {
          kind: SpanKind.SERVER,
          attributes: {
            ...callAttributes(path, settings.rpcConventions),
            ...peerAttributes(call.getPeer()),
          },
          links,
        },
        parent,
      });
      scope = withRequestScope(span.activate(), { app, serverSpan: span });
    };
    const end = (code: number, details: string): void => {
      if (span?.isRecording() !== true) return;
      span.setAttributes({
        ...statusAttributes(code, settings.rpcConventions),
        ...messages.attributes(),
      });
      if (isServerFault(code)) span.setStatus({ code: SpanStatusCode.ERROR, message: details });
      span.end();
    };

    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const extracted = extractContext(app.propagator, ROOT_CONTEXT, metadata, metadataGetter);
        const asked = () => ({ method: fullMethod(path), metadata, peer: call.getPeer() });
        start(incoming(app, extracted, asked));
        runIn(scope, () => next(metadata));
      })
      .withOnReceiveMessage((message, next) => {
        messages.countReceived();
        runIn(scope, () => next(message));
      })
      .withOnReceiveHalfClose((next) => runIn(scope, next))
      .withOnCancel(() => {
        const isTooLate = Number(call.getDeadline()) <= Date.now();
        end(isTooLate ? DEADLINE_EXCEEDED : CANCELLED, isTooLate ? 'Deadline exceeded' : '');
      })
      .build();
    return new ServerInterceptingCall(call, {
      start: (next) => next(listener),
      sendMessage(message, next) {
        messages.countSent();
        next(message);
      },
      sendStatus(status, next) {
        end(status.code ?? 0, status.details ?? '');
        next(status);
      },
    });
  };
}

function runIn(scope: Context | undefined, next: () => void): void {
  if (scope === undefined) next();
  else context.with(scope, next);
}
