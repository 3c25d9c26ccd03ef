import type { Interceptor } from '@grpc/grpc-js';
import type { DynamicModule } from '@nestjs/common';
import { isWrapped } from '@opentelemetry/instrumentation';
import type { TracingApp } from '../../span/tracing-app.js';
import type { ServerInterceptors } from '../../grpc/server-interceptor.js';
import { clientPatches } from './client-patches.js';
import { traceGrpcClients } from './grpc-clients.js';
import { loadOptional } from './load-optional.js';
import { loadRpcExceptions } from './rpc-exceptions.js';

/** What there is for gRPC once its optional packages are found. */
export interface GrpcSupport {
  readonly serverInterceptors: (app: TracingApp) => ServerInterceptors;
  readonly clientInterceptor: Interceptor;
  readonly isGrpcServer: (server: unknown) => server is object;
  /** Whether an instrumentation of somebody else's makes the spans of gRPC: it came before us. */
  readonly isTracedByThirdParty: () => boolean;
}

let support: GrpcSupport | undefined;

export function grpcSupport(): GrpcSupport | undefined {
  return support;
}

/** Carries nothing: Nest waits for it while it scans the modules, so before it makes any provider. */
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
    // Where OpenTelemetry's own instrumentation puts its spans around handlers.
    isTracedByThirdParty: () => isWrapped(Server.prototype.register),
  };
}
