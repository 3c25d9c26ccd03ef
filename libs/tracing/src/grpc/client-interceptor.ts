import { InterceptingCall, type Interceptor, type Metadata } from '@grpc/grpc-js';
import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Context,
  type TextMapPropagator,
} from '@opentelemetry/api';
import { currentApp } from '../span/app/current-app.js';
import { DeferredSpan } from '../span/deferred-span.js';
import { attemptAttributes } from './attempt-attributes.js';
import {
  callAttributes,
  fullMethod,
  peerAttributes,
  serverAttributes,
  statusAttributes,
} from './grpc-attributes.js';
import { MessageCount } from './message-count.js';
import { metadataSetter } from './metadata-carrier.js';

/**
 * Makes the client span of each call and sends the context along (rules 11 and 12). It lasts over all
 * attempts of a call that is retried by the service config. The span is not made active: what runs
 * after the call belongs to the caller, not to a call that is over. Answers are handed on in the
 * caller's context, since a connection brings them in that of whoever opened it.
 */
export const clientInterceptor: Interceptor = (options, nextCall) => {
  const call = nextCall(options);
  const app = currentApp();
  const parent = context.active();
  if (app === undefined || (parent === ROOT_CONTEXT && !app.recordsRoots)) {
    return new InterceptingCall(call);
  }
  const { path, requestStream, responseStream } = options.method_definition;
  const { rpcConventions } = app.settings;
  const span = new DeferredSpan({
    app,
    tracer: app.tracer,
    name: fullMethod(path),
    options: {
      kind: SpanKind.CLIENT,
      attributes: {
        ...callAttributes(path, rpcConventions),
        // Before there is a connection, this is the target of the channel.
        ...serverAttributes(call.getPeer()),
      },
    },
    parent,
  });
  const messages = new MessageCount(requestStream || responseStream);
  return new InterceptingCall(call, {
    start(metadata, _listener, next) {
      next(withTrace(metadata, app.propagator, span.activate()), {
        onReceiveMetadata(answered, nextMetadata) {
          span.setAttributes(attemptAttributes(answered, 'response', rpcConventions));
          context.with(parent, nextMetadata, undefined, answered);
        },
        onReceiveMessage(message, nextMessage) {
          messages.countReceived();
          context.with(parent, nextMessage, undefined, message);
        },
        onReceiveStatus(status, nextStatus) {
          if (span.isRecording()) {
            const isError = status.code !== 0;
            span.setAttributes({
              ...statusAttributes(status.code, rpcConventions, isError),
              ...peerAttributes(call.getPeer()),
              ...attemptAttributes(status.metadata, 'response', rpcConventions),
              ...messages.attributes(),
            });
            if (isError) span.setStatus({ code: SpanStatusCode.ERROR, message: status.details });
            span.end();
          }
          context.with(parent, nextStatus, undefined, status);
        },
      });
    },
    sendMessage(message, next) {
      messages.countSent();
      next(message);
    },
  });
};

/**
 * A copy of the app's metadata, which it may use for further calls, with the headers of the call's
 * span. They win over what the app set, which often is the metadata that it got itself: else the
 * server would not be below the call. The state of a trace goes with its ids.
 */
function withTrace(metadata: Metadata, propagator: TextMapPropagator, scope: Context): Metadata {
  const headers = metadata.clone();
  if (propagator.fields().includes('tracestate')) headers.remove('tracestate');
  propagator.inject(scope, headers, metadataSetter);
  return headers;
}
