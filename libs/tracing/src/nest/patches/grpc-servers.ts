import type { ServerInterceptor } from '@grpc/grpc-js';
import type { ModulesContainer } from '@nestjs/core';
import { context, trace } from '@opentelemetry/api';
import type { Unsubscribable } from 'rxjs';
import { patch } from '../../app/patch.js';
import { withRequestScope } from '../../span/request-scope.js';
import type { TracingApp } from '../../span/tracing-app.js';
import type { ServerInterceptors } from '../../grpc/server-interceptor.js';
import { grpcSupport } from './grpc-support.js';

/** The hook of Nest's servers that runs before guards, in the context of the call. */
type StartHook = (transport: unknown, call: unknown, done: () => Promise<void>) => unknown;

interface HookedGrpcServer {
  onProcessingStartHook: StartHook;
}

/**
 * Uses the server spans of a third-party instrumentation: they become the server spans in the request
 * scopes of handlers, and the parents of handler spans.
 */
function followThirdPartyServerSpans(server: object, app: TracingApp): void {
  const grpc = server as HookedGrpcServer;
  // A server has only one hook.
  app.onStop(
    patch(grpc, 'onProcessingStartHook', (original) => (transport, call, done) => {
      const run = (): unknown => original.call(grpc, transport, call, done);
      const serverSpan = trace.getActiveSpan();
      if (serverSpan === undefined) return run();
      return context.with(withRequestScope(context.active(), { app, serverSpan }), run);
    }),
  );
}

interface GrpcServer {
  options: GrpcServerOptions | undefined;
}

interface GrpcServerOptions {
  channelOptions?: { interceptors?: ServerInterceptor[] };
}

/**
 * Adds the interceptors to every gRPC server of the app before it listens. If a third-party instrumentation
 * creates the server spans, those are used instead.
 */
export function traceGrpcServers(
  modules: ModulesContainer,
  app: TracingApp,
): Unsubscribable | undefined {
  const support = grpcSupport();
  if (support === undefined) return undefined;
  const ours = support.serverInterceptors(app);
  return modules.getRpcTargetRegistry<object>().subscribe((target) => {
    if (!support.isGrpcServer(target)) return;
    const server = target as GrpcServer;
    if (support.isTracedByThirdParty()) return followThirdPartyServerSpans(server, app);
    // Clients often share the options object, so the interceptors are added to a copy.
    app.onStop(patch(server, 'options', (options) => withInterceptors(options, ours)));
  });
}

function withInterceptors(
  options: GrpcServerOptions | undefined,
  { outermost, innermost }: ServerInterceptors,
): GrpcServerOptions {
  const { channelOptions } = options ?? {};
  const { interceptors: own = [] } = channelOptions ?? {};
  const interceptors = own.length === 0 ? [outermost] : [outermost, ...own, innermost];
  return { ...options, channelOptions: { ...channelOptions, interceptors } };
}
