import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { currentApp } from '../span/current-app.js';
import { DeferredSpan } from '../span/deferred-span.js';
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
 * Makes the client span of each call and sends the context along (rules 11 and 12). The span is not
 * made active: what runs after the call belongs to the caller, not to a call that is over. Answers are
 * handed on in the caller's context, since a connection brings them in that of whoever opened it.
 */
export function clientInterceptor(target: string): Interceptor {
  const server = serverAttributes(target);
  return (options, nextCall) => {
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
        attributes: { ...callAttributes(path, rpcConventions), ...server },
      },
      parent,
    });
    const messages = new MessageCount(requestStream || responseStream);
    return new InterceptingCall(call, {
      start(metadata, _listener, next) {
        // The app may use its metadata for further calls.
        const headers = metadata.clone();
        app.propagator.inject(span.activate(), headers, metadataSetter);
        next(headers, {
          onReceiveMetadata(answered, nextMetadata) {
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
                ...messages.attributes(),
              });
              if (isError) {
                span.setStatus({ code: SpanStatusCode.ERROR, message: status.details });
              }
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
}
