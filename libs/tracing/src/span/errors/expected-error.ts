import type { Attributes } from '@opentelemetry/api';

/** gRPC codes that are errors of the server (semantic conventions for gRPC server spans). */
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
 * Returns the status of an expected error as attributes; undefined if the error is not expected (rule 4).
 * Expected are a Nest `HttpException` below 500, and an `RpcException` whose gRPC code is not an error of
 * the server.
 *
 * Both are recognized by their methods: with several copies of a package, `instanceof` fails.
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

/** Returns the gRPC code of an `RpcException`, unless it is OK. */
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
