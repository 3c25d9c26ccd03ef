import {
  InterceptingCall,
  type Interceptor,
  type InterceptorOptions,
  type NextCall,
  type StatusObject,
} from '@grpc/grpc-js';
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
import { callAttributes, fullMethod, statusAttributes } from './grpc-attributes.js';
import { isGrpcSpanOfOthers } from './grpc-span-of-others.js';
import { MessageCount } from './message-count.js';
import { openClientCalls } from './open-client-calls.js';
import { peerAttributes } from './peer-attributes.js';
import { serverAddress } from './server-address.js';
import { withTrace } from './with-trace.js';

/** On the options of a call that has its span: an app may give the interceptor once more, by hand. */
const traced = Symbol.for('nestjs-tracing.traced-call');

const CANCELLED = 1;

/** How a call ends. What it was answered beside the status, it may not have been. */
type Ending = Pick<StatusObject, 'code' | 'details'> & Partial<Pick<StatusObject, 'metadata'>>;

/**
 * Makes the client span of each call and sends the context along (rules 11 and 12). It lasts over all
 * attempts of a call that is retried by the service config. The span is not made active: what runs
 * after the call belongs to the caller, not to a call that is over. Answers are handed on in the
 * caller's context, since a connection brings them in that of whoever opened it.
 */
export const clientInterceptor: Interceptor = (options, nextCall) => {
  const isTraced = Object.hasOwn(options, traced);
  const call = nextCall({ ...options, [traced]: true } as InterceptorOptions);
  const app = currentApp();
  const parent = context.active();
  if (isTraced || app === undefined || (parent === ROOT_CONTEXT && !app.recordsRoots)) {
    return new InterceptingCall(call);
  }
  if (isGrpcSpanOfOthers(parent)) return carryOnly(call, app.propagator, parent);
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
        ...serverAddress(call.getPeer()),
      },
    },
    parent,
  });
  const messages = new MessageCount(requestStream || responseStream);
  // The app goes on when it has given the call up: the status comes later.
  let givenUpAt: number | undefined;
  const end = ({ code, details, metadata }: Ending): void => {
    openClientCalls.delete(giveUp);
    if (!span.isRecording()) return;
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
      const headers = withTrace(metadata, app.propagator, span.activate());
      if (span.isRecording()) openClientCalls.add(giveUp, app);
      next(headers, {
        onReceiveMetadata(answered, nextMetadata) {
          span.setAttributes(attemptAttributes(answered, 'response', rpcConventions));
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
