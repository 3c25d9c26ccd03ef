import type { Attributes } from '@opentelemetry/api';

/** gRPC codes that tell of a fault of the server (semantic conventions for gRPC, server spans). */
const serverFaults: ReadonlySet<number> = new Set([
  2, // UNKNOWN
  4, // DEADLINE_EXCEEDED
  12, // UNIMPLEMENTED
  13, // INTERNAL
  14, // UNAVAILABLE
  15, // DATA_LOSS
]);

export function isServerFault(grpcCode: number): boolean {
  return serverFaults.has(grpcCode);
}

/**
 * The status that an expected error stands for, or undefined where the error is a fault (rule 4):
 * a Nest `HttpException` below 500, or an `RpcException` with a gRPC code that is no server fault.
 *
 * Known by their methods, not by `instanceof`: an application may hold several copies of a package.
 */
export function expectedStatus(error: unknown): Attributes | undefined {
  try {
    const httpStatus = call(error, 'getStatus');
    if (typeof httpStatus === 'number') {
      return httpStatus < 500 ? { 'http.response.status_code': httpStatus } : undefined;
    }
    const code = grpcCodeOf(error);
    return code === undefined || isServerFault(code) ? undefined : { 'rpc.grpc.status_code': code };
  } catch {
    return undefined;
  }
}

/** The gRPC code, other than OK, that an `RpcException` was given. */
export function grpcCodeOf(error: unknown): number | undefined {
  try {
    const rpcError = call(error, 'getError');
    if (typeof rpcError !== 'object' || rpcError === null) return undefined;
    const code: unknown = Reflect.get(rpcError, 'code');
    return typeof code === 'number' && code >= 1 && code <= 16 ? code : undefined;
  } catch {
    return undefined;
  }
}

function call(target: unknown, method: string): unknown {
  if (typeof target !== 'object' || target === null) return undefined;
  const found: unknown = Reflect.get(target, method);
  return typeof found === 'function' ? found.call(target) : undefined;
}
