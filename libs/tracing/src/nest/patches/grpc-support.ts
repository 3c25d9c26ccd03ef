import type { Interceptor, ServerInterceptor } from '@grpc/grpc-js';
import type { DynamicModule } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { context, trace } from '@opentelemetry/api';
import { isWrapped } from '@opentelemetry/instrumentation';
import type { Unsubscribable } from 'rxjs';
import { patch } from '../../app/patch.js';
import type { ServerInterceptors } from '../../grpc/server-interceptor.js';
import { withRequestScope } from '../../span/scope.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { clientPatches, loadOptional } from './client-patches.js';
import { traceGrpcClients } from './grpc-clients.js';
import { loadRpcExceptions } from './rpc-exceptions.js';

/** The parts that trace gRPC, loaded if its optional packages are installed. */
export interface GrpcSupport {
  readonly serverInterceptors: (app: TracingApp) => ServerInterceptors;
  readonly clientInterceptor: Interceptor;
  readonly isGrpcServer: (server: unknown) => server is object;
  /** Whether a third-party instrumentation creates the spans of gRPC. */
  readonly isTracedByThirdParty: () => boolean;
}

let support: GrpcSupport | undefined;

export function grpcSupport(): GrpcSupport | undefined {
  return support;
}

/** Loads the support for gRPC: Nest awaits this module in its scan, before it creates any provider. */
export class GrpcSupportModule {
  static async load(): Promise<DynamicModule> {
    support ??= await loadOptional('gRPC', load);
    return {
      module: GrpcSupportModule,
      // Read when Nest scans the modules.
      get providers() {
        return [clientPatches.scan()];
      },
    };
  }
}

async function load(): Promise<GrpcSupport> {
  const { ClientGrpcProxy, ServerGrpc } = await import('@nestjs/microservices');
  const { Server } = await import('@grpc/grpc-js');
  const { clientInterceptor } = await import('../../grpc/client-interceptor.js');
  const { serverInterceptors } = await import('../../grpc/server-interceptor.js');
  clientPatches.add(() => traceGrpcClients(ClientGrpcProxy.prototype, clientInterceptor));
  clientPatches.add(await loadRpcExceptions());
  return {
    clientInterceptor,
    serverInterceptors,
    isGrpcServer: (server) => server instanceof ServerGrpc,
    // OpenTelemetry's own instrumentation wraps this method to trace handlers.
    isTracedByThirdParty: () => isWrapped(Server.prototype.register),
  };
}

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
