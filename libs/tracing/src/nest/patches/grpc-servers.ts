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
 * Builds on the server spans that an instrumentation of somebody else's makes: handlers are told which
 * span is that of their call, and have theirs below it.
 */
function followThirdPartyServerSpans(server: object, app: TracingApp): void {
  const grpc = server as HookedGrpcServer;
  // There is one hook.
  app.onStop(
    patch(grpc, 'onProcessingStartHook', (theirs) => (transport, call, done) => {
      const run = (): unknown => theirs.call(grpc, transport, call, done);
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
 * Gives every gRPC server of the app our interceptor, before it listens. Where an instrumentation of
 * somebody else's makes the server spans, nothing is doubled: those are built upon.
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
    // Clients often share the object: ours go on a copy, around those of the app.
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
