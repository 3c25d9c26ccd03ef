import type { Interceptor, ServerInterceptor } from '@grpc/grpc-js';
import { Logger, type DynamicModule } from '@nestjs/common';
import { describeError } from '../../span/describe-error.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { traceGrpcClients } from './trace-grpc-clients.js';

/** What there is for gRPC once its optional packages are found. */
export interface GrpcSupport {
  readonly serverInterceptor: (app: TracingApp) => ServerInterceptor;
  readonly clientInterceptor: Interceptor;
  readonly isGrpcServer: (server: unknown) => boolean;
}

let support: GrpcSupport | undefined;

export function grpcSupport(): GrpcSupport | undefined {
  return support;
}

/** Carries nothing: Nest waits for it while it scans the modules, so before it makes any provider. */
export class GrpcSupportModule {
  static async load(): Promise<DynamicModule> {
    support ??= await findPackages();
    return { module: GrpcSupportModule };
  }
}

async function findPackages(): Promise<GrpcSupport | undefined> {
  try {
    const { ClientGrpcProxy, ServerGrpc } = await import('@nestjs/microservices');
    const { clientInterceptor } = await import('../../grpc/client-interceptor.js');
    const { serverInterceptor } = await import('../../grpc/server-interceptor.js');
    traceGrpcClients(ClientGrpcProxy.prototype, clientInterceptor);
    return {
      clientInterceptor,
      serverInterceptor,
      isGrpcServer: (server) => server instanceof ServerGrpc,
    };
  } catch (error) {
    if (!isNotInstalled(error)) {
      const { message } = describeError(error);
      new Logger('TracingModule').warn(
        `gRPC is not traced, since it could not be loaded: ${message}`,
      );
    }
    return undefined;
  }
}

/** Known by code and text: Jest throws errors that are no `Error` inside of a test. */
function isNotInstalled(error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown };
  return (
    (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') &&
    /'(@nestjs\/microservices|@grpc\/grpc-js)'/.test(describeError(error).message)
  );
}
