import {
  InterceptingCall,
  type Interceptor,
  type InterceptorOptions,
  type NextCall,
  type StatusObject,
} from '@grpc/grpc-js';
import { type Context, context, SpanStatusCode, type TextMapPropagator } from '@opentelemetry/api';
import { thirdPartyClientSpan, currentCaller, startClientSpan } from '../app/client-span.js';
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

/** Whether an instrumentation of others makes the span of the gRPC call at hand. */
function isThirdPartyGrpcSpan(context: Context): boolean {
  const attributes = thirdPartyClientSpan(context);
  return (attributes?.['rpc.system'] ?? attributes?.['rpc.system.name']) === 'grpc';
}

/** On the options of a call that has its span: an app may give the interceptor once more, by hand. */
const traced = Symbol('nestjs-tracing.traced-call');

const CANCELLED = 1;

/** How a call ends. What it was answered beside the status, it may not have been. */
type Ending = Pick<StatusObject, 'code' | 'details'> & Partial<Pick<StatusObject, 'metadata'>>;

/**
 * Makes the client span of each call and sends the context along. It lasts over all attempts of a call
 * that is retried by the service config. The span is not made active: what runs after the call belongs to
 * the caller, not to a call that is over. Answers are handed on in the caller's context, since a
 * connection brings them in that of whoever opened it.
 */
export const clientInterceptor: Interceptor = (options, nextCall) => {
  const isTraced = Object.hasOwn(options, traced);
  const call = nextCall({ ...options, [traced]: true } as InterceptorOptions);
  const caller = isTraced ? undefined : currentCaller();
  if (caller === undefined) return new InterceptingCall(call);
  const { app, context: parent } = caller;
  if (isThirdPartyGrpcSpan(parent)) return carryOnly(call, app.propagator, parent);
  const { path, requestStream, responseStream } = options.method_definition;
  const { rpcConventions } = app.settings;
  const { span, carried } = startClientSpan(caller, () => ({
    name: fullMethod(path),
    attributes: {
      ...callAttributes(path, rpcConventions),
      // Before there is a connection, this is the target of the channel.
      ...serverAddress(call.getPeer()),
    },
  }));
  const messages = new MessageCount(requestStream || responseStream);
  // The app goes on when it has given the call up: the status comes later.
  let givenUpAt: number | undefined;
  const end = ({ code, details, metadata }: Ending): void => {
    app.openSpans.delete(giveUp);
    if (span?.isRecording() !== true) return;
    const isError = code !== 0;
    span.setAttributes({
      ...statusAttributes(code, rpcConventions, isError),
      ...peerAttributes(call.getPeer(), rpcConventions),
      ...(metadata && attemptAttributes(metadata, 'response', rpcConventions)),
      ...messages.attributes(),
    });
    if (isError) span.setStatus({ code: SpanStatusCode.ERROR, message: details });
    span.end(code === CANCELLED ? givenUpAt : undefined);
  };
  const giveUp = (): void => end({ code: CANCELLED, details: 'The app has closed' });
  return new InterceptingCall(call, {
    start(metadata, _listener, next) {
      const headers = withTrace(metadata, app.propagator, carried);
      if (span?.isRecording() === true) app.openSpans.add(giveUp);
      next(headers, {
        onReceiveMetadata(answered, nextMetadata) {
          span?.setAttributes(attemptAttributes(answered, 'response', rpcConventions));
          context.with(parent, nextMetadata, undefined, answered);
        },
        onReceiveMessage(message, nextMessage) {
          messages.countReceived();
          context.with(parent, nextMessage, undefined, message);
        },
        onReceiveStatus(status, nextStatus) {
          end(status);
          context.with(parent, nextStatus, undefined, status);
        },
      });
    },
    sendMessage(message, next) {
      messages.countSent();
      next(message);
    },
    cancel(next) {
      givenUpAt ??= performance.now();
      next();
    },
  });
};

/** The call has a span of somebody else's: the server is to stand below that. */
function carryOnly(
  call: ReturnType<NextCall>,
  propagator: TextMapPropagator,
  scope: Context,
): InterceptingCall {
  return new InterceptingCall(call, {
    start: (metadata, listener, next) => next(withTrace(metadata, propagator, scope), listener),
  });
}
