import {
  ServerInterceptingCall,
  type Metadata,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { context, SpanStatusCode, type Attributes, type Context } from '@opentelemetry/api';
import { runInRequest } from '../span/request-scope.js';
import { requestScope, type RequestScope, type ThrownError } from '../span/scope.js';
import { startServerSpan } from '../app/server-span.js';
import type { RunInLogContext, TracingApp } from '../span/tracing-app.js';
import type { DeferredSpan } from '../span/deferred-span.js';
import { isServerFault } from '../span/errors/describe-error.js';
import {
  attemptAttributes,
  callerAttributes,
  callAttributes,
  fullMethod,
  statusAttributes,
  MessageCount,
  peerAttributes,
  serverAddress,
} from './attributes.js';
import { metadataGetter } from './metadata.js';
import { ServerStatus } from './server-status.js';

type Method = Parameters<ServerInterceptor>[0];
type Listener = Parameters<ServerInterceptingCallInterface['start']>[0];

/**
 * A call with its server span, which lasts until the call is answered or cut off. Its context is active in
 * every listener of grpc-js, so in guards, pipes, interceptors, handler and filters, for every message, and
 * in cleanup after the caller has disconnected (rule 11).
 */
export class TracedServerCall extends ServerInterceptingCall {
  private readonly status: ServerStatus;
  private readonly messages: MessageCount;
  private readonly runInLogContext: RunInLogContext | undefined;
  /** Undefined if the caller sent no context and nothing is recorded (rule 26). */
  private scope: Context | undefined;
  private span: DeferredSpan | undefined;
  private request: RequestScope | undefined;
  /** Ends the span if the app or the process ends before the call does. */
  private endWithApp: (() => void) | undefined;

  constructor(
    private readonly app: TracingApp,
    private readonly isIgnored: (path: string) => boolean,
    private readonly method: Method,
    private readonly call: ServerInterceptingCallInterface,
  ) {
    const messages = new MessageCount(method.requestStream || method.responseStream);
    const status = new ServerStatus(call);
    super(call, {
      sendMessage(message, next) {
        messages.countSent();
        next(message);
      },
      sendStatus(answer, next) {
        status.answeredByApp();
        next(answer);
      },
    });
    this.messages = messages;
    this.status = status;
    this.runInLogContext = app.newLogContext?.();
  }

  override start(listener: Listener): void {
    super.start({
      onReceiveMetadata: (metadata) => {
        this.begin(metadata);
        this.enter(() => listener.onReceiveMetadata(metadata));
      },
      onReceiveMessage: (message) => {
        this.messages.countReceived();
        this.enter(() => listener.onReceiveMessage(message));
      },
      onReceiveHalfClose: () => this.enter(() => listener.onReceiveHalfClose()),
      // Called at the end of every call, even if it was answered.
      onCancel: () => {
        this.enter(() => listener.onCancel());
        this.status.whenKnown(() => this.end());
      },
    });
  }

  private begin(metadata: Metadata): void {
    const { app, call, method } = this;
    const { rpcConventions } = app.settings;
    const name = fullMethod(method.path);
    const peer = call.getPeer();
    const answered = startServerSpan(app, {
      carrier: metadata,
      getter: metadataGetter,
      publicEndpointArgument: () => ({ method: name, metadata, peer }),
      isIgnored: () => this.isIgnored(method.path),
      name,
      attributes: () => [
        callAttributes(method.path, rpcConventions),
        serverAddress(call.getHost()),
        peerAttributes(peer, rpcConventions),
      ],
      host: metadata,
    });
    if (answered === undefined) return;
    const { scope, span, request } = answered;
    if (span?.isRecording() === true) {
      span.setAttributes(callerAttributes(metadata, peer, rpcConventions));
      span.setAttributes(attemptAttributes(metadata, 'request', rpcConventions));
      this.endWithApp = () => span.end();
      app.openSpans.add(this.endWithApp, span);
    }
    this.scope = scope;
    this.span = span;
    this.request = request;
  }

  /** Runs an event of the call in the call's context, if another one is active (rule 31). */
  run(next: () => void): void {
    const own = this.scope && requestScope(this.scope);
    if (requestScope(context.active()) === own) next();
    else this.enter(next);
  }

  private enter(next: () => void): void {
    const run = (): void => runInRequest(this.scope, next);
    if (this.runInLogContext === undefined) run();
    else this.runInLogContext(run);
  }

  private end(): void {
    const { span, app } = this;
    if (this.endWithApp !== undefined) app.openSpans.delete(this.endWithApp);
    if (span?.isRecording() !== true) return;
    const { code, details } = this.status.read();
    const isError = isServerFault(code);
    span.setAttributes(statusAttributes(code, this.app.settings.rpcConventions, isError));
    span.setAttributes(this.messages.attributes());
    if (isError) span.setAttributes(thrownType(this.request?.thrown, code));
    if (isError) span.setStatus({ code: SpanStatusCode.ERROR, message: details });
    span.end(this.status.endedAt);
  }
}

/** The type of the thrown error says more than the code, unless the error contains this very code. */
function thrownType(thrown: ThrownError | undefined, code: number): Attributes {
  return thrown === undefined || thrown.isExpected || thrown.grpcCode === code
    ? {}
    : { 'error.type': thrown.type };
}
