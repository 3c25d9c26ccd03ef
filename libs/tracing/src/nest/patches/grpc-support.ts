import type { Interceptor } from '@grpc/grpc-js';
import type { DynamicModule } from '@nestjs/common';
import { isWrapped } from '@opentelemetry/instrumentation';
import type { TracingApp } from '../../span/tracing-app.js';
import type { ServerInterceptors } from '../../grpc/server-interceptor.js';
import { clientPatches } from './client-patches.js';
import { traceGrpcClients } from './grpc-clients.js';
import { loadOptional } from './load-optional.js';
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
