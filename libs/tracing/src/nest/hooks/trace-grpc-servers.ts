import type { ServerInterceptor } from '@grpc/grpc-js';
import type { ModulesContainer } from '@nestjs/core';
import type { Unsubscribable } from 'rxjs';
import type { TracingApp } from '../../span/tracing-app.js';
import { grpcSupport } from './grpc-support.js';
import { followServerSpansOfOthers } from './grpc-servers-of-others.js';

interface GrpcServer {
  options?: { channelOptions?: { interceptors?: ServerInterceptor[] } };
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
  const { outermost, innermost } = support.serverInterceptors(app);
  return modules.getRpcTargetRegistry<object>().subscribe((server: GrpcServer) => {
    if (!support.isGrpcServer(server)) return;
    if (support.isTracedByOthers()) return followServerSpansOfOthers(server, app);
    const { channelOptions } = server.options ?? {};
    const { interceptors = [] } = channelOptions ?? {};
    // Clients often share the object: ours go on a copy, around those of the app.
    server.options = {
      ...server.options,
      channelOptions: {
        ...channelOptions,
        interceptors:
          interceptors.length === 0 ? [outermost] : [outermost, ...interceptors, innermost],
      },
    };
  });
}
