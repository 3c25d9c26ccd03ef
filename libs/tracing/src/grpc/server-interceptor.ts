import {
  ServerInterceptingCall,
  ServerListenerBuilder,
  type Metadata,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, type Context } from '@opentelemetry/api';
import { DeferredSpan } from '../span/deferred-span.js';
import { isServerFault } from '../span/errors/expected-error.js';
import { extractContext } from '../span/incoming/extract-context.js';
import { ignoredContext } from '../span/incoming/ignored-context.js';
import { incoming } from '../span/incoming/incoming.js';
import { matches } from '../span/matches.js';
import { remember } from '../span/remember.js';
import { withRequestScope } from '../span/app/request-scope.js';
import type { TracingApp } from '../span/tracing-app.js';
import { attemptAttributes } from './attempt-attributes.js';
import { clientAttributes } from './client-attributes.js';
import { callAttributes, fullMethod, statusAttributes } from './grpc-attributes.js';
import { MessageCount } from './message-count.js';
import { metadataGetter } from './metadata-carrier.js';
import { peerAttributes } from './peer-attributes.js';
import { serverAddress } from './server-address.js';
import { ServerStatus } from './server-status.js';

/**
 * Makes the server span of each call, which lasts as long as the call, and makes its context active
 * for every message, so in guards, pipes, interceptors, handler and filters (rule 11).
 */
export function serverInterceptor(app: TracingApp): ServerInterceptor {
  const isIgnored = remember((path) => matches(fullMethod(path), app.settings.ignore.grpc));
  return ({ path, requestStream, responseStream }, call) => {
    const { settings } = app;
    const messages = new MessageCount(requestStream || responseStream);
    const status = new ServerStatus(call);
    /** Undefined where nothing came in and nothing is recorded (rule 26). */
    let scope: Context | undefined;
    let span: DeferredSpan | undefined;

    const start = (metadata: Metadata): void => {
      const extracted = extractContext(app.propagator, ROOT_CONTEXT, metadata, metadataGetter);
      const asked = () => ({ method: fullMethod(path), metadata, peer: call.getPeer() });
      const { parent, links } = incoming(app, extracted, asked);
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
            ...serverAddress(call.getHost()),
            ...peerAttributes(call.getPeer(), settings.rpcConventions),
          },
          links,
        },
        parent,
      });
      if (span.isRecording()) {
        span.setAttributes({
          ...clientAttributes(metadata, call.getPeer(), settings.rpcConventions),
          ...attemptAttributes(metadata, 'request', settings.rpcConventions),
        });
      }
      scope = withRequestScope(span.activate(), { app, serverSpan: span });
    };
    const end = (): void => {
      if (span?.isRecording() !== true) return;
      const { code, details } = status.read();
      const isError = isServerFault(code);
      span.setAttributes({
        ...statusAttributes(code, settings.rpcConventions, isError),
        ...messages.attributes(),
      });
      if (isError) span.setStatus({ code: SpanStatusCode.ERROR, message: details });
      span.end();
    };

    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        start(metadata);
        runIn(scope, () => next(metadata));
      })
      .withOnReceiveMessage((message, next) => {
        messages.countReceived();
        runIn(scope, () => next(message));
      })
      .withOnReceiveHalfClose((next) => runIn(scope, next))
      // The end of every call, also of one that was answered.
      .withOnCancel(() => status.whenKnown(end))
      .build();
    return new ServerInterceptingCall(call, {
      start: (next) => next(listener),
      sendMessage(message, next) {
        messages.countSent();
        next(message);
      },
    });
  };
}

function runIn(scope: Context | undefined, next: () => void): void {
  if (scope === undefined) next();
  else context.with(scope, next);
}
