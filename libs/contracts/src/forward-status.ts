import type { ServiceError } from '@grpc/grpc-js';
import { RpcException } from '@nestjs/microservices';
import { catchError, type MonoTypeOperatorFunction, throwError } from 'rxjs';

/**
 * Passes on what a called service failed with, under the same gRPC status: an unknown product is
 * NOT_FOUND all the way up, while a crash stays UNKNOWN.
 */
export function forwardStatus<T>(): MonoTypeOperatorFunction<T> {
  return catchError((error: unknown) =>
    throwError(() =>
      isServiceError(error)
        ? new RpcException({ code: error.code, message: error.details })
        : error,
    ),
  );
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error;
}
