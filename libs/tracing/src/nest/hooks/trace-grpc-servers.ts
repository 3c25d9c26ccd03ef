import type { ServerInterceptor } from '@grpc/grpc-js';
import type { ModulesContainer } from '@nestjs/core';
import type { Unsubscribable } from 'rxjs';
import { patch } from '../../span/app/patch.js';
import type { ServerInterceptors } from '../../grpc/server-interceptor.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { grpcSupport } from './grpc-support.js';
import { followServerSpansOfOthers } from './grpc-servers-of-others.js';

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
    if (support.isTracedByOthers()) return followServerSpansOfOthers(server, app);
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
