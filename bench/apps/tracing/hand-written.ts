import { InterceptingCall, ServerInterceptingCall, type ServerListener } from '@grpc/grpc-js';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  type Context,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { Metadata } from '@grpc/grpc-js';
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * What you would write by hand: spans on Nest's request hook and on the interceptors of grpc-js, with the
 * stock SDK. There are no handler spans, only the most important attributes, and no handling of errors,
 * streams or contexts.
 */
new NodeSDK({
  traceExporter: new OTLPTraceExporter(),
  metricReaders: [],
  logRecordProcessors: [],
  autoDetectResources: false,
}).start();
const tracer = trace.getTracer('reference');

const getter = {
  get: (metadata: Metadata, key: string) => metadata.get(key).map(String),
  keys: (metadata: Metadata) => Object.keys(metadata.getMap()),
};
const setter = {
  set: (metadata: Metadata, key: string, value: string) => metadata.set(key, value),
};

type Hook = (request: IncomingMessage, response: ServerResponse, done: () => void) => void;

export function onHttpAdapter(adapter: AbstractHttpAdapter): void {
  const onRequest: Hook = (request, response, done) => {
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const attributes = { 'http.request.method': request.method, 'url.path': request.url };
    const span = tracer.startSpan('GET', { kind: SpanKind.SERVER, attributes }, parent);
    response.once('close', () => {
      span.setAttribute('http.response.status_code', response.statusCode);
      span.end();
    });
    context.with(trace.setSpan(parent, span), done);
  };
  adapter.setOnRequestHook(onRequest);
}

export function channelOptions(role: string | undefined): object {
  return { interceptors: [role === 'service' ? onServer : onClient] };
}

type ServerInterceptor = NonNullable<import('@grpc/grpc-js').ServerOptions['interceptors']>[number];
type ClientInterceptor = import('@grpc/grpc-js').Interceptor;

const onServer: ServerInterceptor = ({ path }, call) => {
  let scope: Context = ROOT_CONTEXT;
  const listener: ServerListener = {
    onReceiveMetadata(metadata, next) {
      const parent = propagation.extract(ROOT_CONTEXT, metadata, getter);
      const attributes = { 'rpc.system': 'grpc', 'rpc.method': path };
      const span = tracer.startSpan(path, { kind: SpanKind.SERVER, attributes }, parent);
      scope = trace.setSpan(parent, span);
      context.with(scope, () => next(metadata));
    },
    onReceiveMessage: (message, next) => context.with(scope, () => next(message)),
    onReceiveHalfClose: (next) => context.with(scope, next),
    onCancel: () => {},
  };
  return new ServerInterceptingCall(call, {
    start: (next) => next(listener),
    sendStatus(status, next) {
      trace
        .getSpan(scope)
        ?.setAttribute('rpc.grpc.status_code', status.code ?? 0)
        .end();
      next(status);
    },
  });
};

const onClient: ClientInterceptor = (options, nextCall) => {
  const { path } = options.method_definition;
  const parent = context.active();
  const attributes = { 'rpc.system': 'grpc', 'rpc.method': path };
  const span = tracer.startSpan(path, { kind: SpanKind.CLIENT, attributes }, parent);
  return new InterceptingCall(nextCall(options), {
    start(metadata, _listener, next) {
      propagation.inject(trace.setSpan(parent, span), metadata, setter);
      next(metadata, {
        onReceiveStatus(status, nextStatus) {
          span.setAttribute('rpc.grpc.status_code', status.code);
          span.end();
          nextStatus(status);
        },
      });
    },
  });
};
