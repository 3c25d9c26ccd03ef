import {
  ServerInterceptingCall,
  type Metadata,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Attributes,
  type Context,
} from '@opentelemetry/api';
import {
  withRequestScope,
  type RequestScope,
  type ThrownError,
} from '../span/app/request-scope.js';
import { keepRequest } from '../span/app/requests-by-object.js';
import { DeferredSpan } from '../span/deferred-span.js';
import { isServerFault } from '../span/errors/expected-error.js';
import { extractContext } from '../span/incoming/extract-context.js';
import { ignoredContext } from '../span/incoming/ignored-context.js';
import { incoming } from '../span/incoming/incoming.js';
import type { RunInLogContext, TracingApp } from '../span/tracing-app.js';
import { attemptAttributes } from './attempt-attributes.js';
import { clientAttributes } from './client-attributes.js';
import { callAttributes, fullMethod, statusAttributes } from './grpc-attributes.js';
import { MessageCount } from './message-count.js';
import { metadataGetter } from './metadata-carrier.js';
import { peerAttributes } from './peer-attributes.js';
import { serverAddress } from './server-address.js';
import { ServerStatus } from './server-status.js';

type Method = Parameters<ServerInterceptor>[0];
type Listener = Parameters<ServerInterceptingCallInterface['start']>[0];

/**
 * A call with its server span, which lasts as long as the call. Its context is active for all that
 * grpc-js tells the handler, so in guards, pipes, interceptors, handler and filters, for every message,
 * and in what cleans up when the caller has gone (rule 11).
 */
export class TracedServerCall extends ServerInterceptingCall {
  private readonly status: ServerStatus;
  private readonly messages: MessageCount;
  private readonly runInLogContext: RunInLogContext | undefined;
  /** Undefined where nothing came in and nothing is recorded (rule 26). */
  private scope: Context | undefined;
  private span: DeferredSpan | undefined;
  private request: RequestScope | undefined;

  constructor(
    private readonly app: TracingApp,
    private readonly isIgnored: (path: string) => boolean,
    private readonly method: Method,
    private readonly call: ServerInterceptingCallInterface,
  ) {
    const messages = new MessageCount(method.requestStream || method.responseStream);
    super(call, {
      sendMessage(message, next) {
        messages.countSent();
        next(message);
      },
    });
    this.messages = messages;
    this.status = new ServerStatus(call);
    this.runInLogContext = app.newLogContext?.();
  }

  override start(listener: Listener): void {
    super.start({
      onReceiveMetadata: (metadata) => {
        this.begin(metadata);
        this.run(() => listener.onReceiveMetadata(metadata));
      },
      onReceiveMessage: (message) => {
        this.messages.countReceived();
        this.run(() => listener.onReceiveMessage(message));
      },
      onReceiveHalfClose: () => this.run(() => listener.onReceiveHalfClose()),
      // The end of every call, also of one that was answered.
      onCancel: () => {
        this.run(() => listener.onCancel());
        this.status.whenKnown(() => this.end());
      },
    });
  }

  private begin(metadata: Metadata): void {
    const { app, call, method } = this;
    const { propagator, settings } = app;
    const name = fullMethod(method.path);
    const peer = call.getPeer();
    const extracted = extractContext(propagator, ROOT_CONTEXT, metadata, metadataGetter);
    const { parent, links } = incoming(app, extracted, () => ({ method: name, metadata, peer }));
    if (parent === ROOT_CONTEXT && !app.recordsRoots) return;
    if (this.isIgnored(method.path)) {
      this.scope = ignoredContext(parent);
      return;
    }
    const span = new DeferredSpan({
      app,
      tracer: app.tracer,
      name,
      options: {
        kind: SpanKind.SERVER,
        attributes: {
          ...callAttributes(method.path, settings.rpcConventions),
          ...serverAddress(call.getHost()),
          ...peerAttributes(peer, settings.rpcConventions),
        },
        links,
      },
      parent,
    });
    if (span.isRecording()) {
      span.setAttributes({
        ...clientAttributes(metadata, peer, settings.rpcConventions),
        ...attemptAttributes(metadata, 'request', settings.rpcConventions),
      });
    }
    this.span = span;
    this.request = { app, serverSpan: span };
    keepRequest(metadata, this.request);
    this.scope = withRequestScope(span.activate(), this.request);
  }

  private run(next: () => void): void {
    const { scope, runInLogContext } = this;
    const run = scope === undefined ? next : (): void => context.with(scope, next);
    if (runInLogContext === undefined) run();
    else runInLogContext(run);
  }

  private end(): void {
    const { span } = this;
    if (span?.isRecording() !== true) return;
    const { code, details } = this.status.read();
    const isError = isServerFault(code);
    span.setAttributes({
      ...statusAttributes(code, this.app.settings.rpcConventions, isError),
      ...this.messages.attributes(),
      ...(isError && thrownType(this.request?.thrown, code)),
    });
    if (isError) span.setStatus({ code: SpanStatusCode.ERROR, message: details });
    span.end();
  }
}

/** The class of what was thrown says more than the code, unless what was thrown named just this code. */
function thrownType(thrown: ThrownError | undefined, code: number): Attributes {
  return thrown === undefined || thrown.isExpected || thrown.grpcCode === code
    ? {}
    : { 'error.type': thrown.type };
}
