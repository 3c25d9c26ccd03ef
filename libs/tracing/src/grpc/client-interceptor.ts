import {
  InterceptingCall,
  type Interceptor,
  type InterceptorOptions,
  type Metadata,
  type NextCall,
  type StatusObject,
} from '@grpc/grpc-js';
import { type Context, context, SpanStatusCode, type TextMapPropagator } from '@opentelemetry/api';
import { currentCaller, startClientSpan } from '../app/client-span.js';
import { grpcInstrumentation, isClientSpanOf } from '../app/third-party.js';
import { sharedSymbol } from '../span/process-state.js';
import {
  attemptAttributes,
  callAttributes,
  fullMethod,
  statusAttributes,
  MessageCount,
  peerAttributes,
  serverAddress,
} from './attributes.js';
import { withTrace } from './metadata.js';

/** Marks the options of a traced call: an app may also add the interceptor itself. */
const traced = sharedSymbol('traced call');

const CANCELLED = 1;

/** The status with which a call ends, without metadata if there was no answer. */
type Ending = Pick<StatusObject, 'code' | 'details'> & Partial<Pick<StatusObject, 'metadata'>>;

/**
 * Creates the client span of each call and propagates the context. The span covers all attempts of a call
 * that is retried by the service config. It is not made active: code that runs after the call belongs to
 * the caller. Answers are delivered in the caller's context, since a connection delivers them in the
 * context in which it was opened.
 */
export const clientInterceptor: Interceptor = (options, nextCall) => {
  const caller = Object.hasOwn(options, traced) ? undefined : currentCaller();
  // grpc-js uses no more of an intercepting call than the interface that both have.
  if (caller === undefined) return nextCall(options) as InterceptingCall;
  const call = nextCall({ ...options, [traced]: true } as InterceptorOptions);
  const { app, context: parent } = caller;
  if (isClientSpanOf(grpcInstrumentation, parent))
    return propagateOnly(call, app.propagator, parent);
  const { path, requestStream, responseStream } = options.method_definition;
  const { rpcConventions } = app.settings;
  const { span, carried } = startClientSpan(caller, () => ({
    name: fullMethod(path),
    attributes: () => [
      callAttributes(path, rpcConventions),
      // Before there is a connection, this is the target of the channel.
      serverAddress(call.getPeer()),
    ],
  }));
  const messages = new MessageCount(requestStream || responseStream);
  // The app continues as soon as it has canceled the call: the status arrives later.
  let canceledAt: number | undefined;
  const end = ({ code, details, metadata }: Ending): void => {
    app.openSpans.delete(endWithApp);
    if (span?.isRecording() !== true) return;
    const isError = code !== 0;
    span.setAttributes(statusAttributes(code, rpcConventions, isError));
    span.setAttributes(peerAttributes(call.getPeer(), rpcConventions));
    if (metadata) span.setAttributes(attemptAttributes(metadata, 'response', rpcConventions));
    span.setAttributes(messages.attributes());
    if (isError) span.setStatus({ code: SpanStatusCode.ERROR, message: details });
    span.end(code === CANCELLED ? canceledAt : undefined);
  };
  const endWithApp = (): void => end({ code: CANCELLED, details: 'The app has closed' });
  return new InterceptingCall(call, {
    start(metadata, listener, next) {
      const headers = withTrace(metadata, app.propagator, carried);
      if (span?.isRecording() === true) app.openSpans.add(endWithApp, span);
      // With one parameter each, grpc-js calls these functions directly, without a further wrapper.
      next(headers, {
        onReceiveMetadata(answered: Metadata) {
          span?.setAttributes(attemptAttributes(answered, 'response', rpcConventions));
          context.with(parent, listener.onReceiveMetadata, listener, answered);
        },
        onReceiveMessage(message: unknown) {
          messages.countReceived();
          context.with(parent, listener.onReceiveMessage, listener, message);
        },
        onReceiveStatus(status: StatusObject) {
          end(status);
          context.with(parent, listener.onReceiveStatus, listener, status);
        },
      });
    },
    sendMessage(message, next) {
      messages.countSent();
      next(message);
    },
    cancel(next) {
      canceledAt ??= performance.now();
      next();
    },
  });
};

/** Propagates only the context of a third-party span, which becomes the parent of the server span. */
function propagateOnly(
  call: ReturnType<NextCall>,
  propagator: TextMapPropagator,
  scope: Context,
): InterceptingCall {
  return new InterceptingCall(call, {
    start: (metadata, listener, next) => next(withTrace(metadata, propagator, scope), listener),
  });
}
