import type { Attributes } from '@opentelemetry/api';
import { redactUserInfo } from '../../redaction/redact-user-info.js';

export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/**
 * Describes any thrown value, without the user info of URLs, since drivers put connection strings into
 * their messages. Never throws, even if the getters of the value do.
 */
export function describeError(error: unknown): ErrorDescription {
  if (typeof error !== 'object' || error === null) {
    const type = error === null ? 'null' : typeof error;
    return { type, message: redactUserInfo(textOf(error)), stack: undefined };
  }
  return {
    type: text(error, 'name') ?? constructorName(error) ?? 'object',
    message: text(error, 'message') ?? '',
    stack: text(error, 'stack'),
  };
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return ''; // a function whose `toString` throws
  }
}

function text(value: object, key: string): string | undefined {
  try {
    const found: unknown = Reflect.get(value, key);
    return typeof found === 'string' && found !== '' ? redactUserInfo(found) : undefined;
  } catch {
    return undefined;
  }
}

function constructorName(value: object): string | undefined {
  try {
    const found: unknown = value.constructor;
    return typeof found === 'function' ? found.name || undefined : undefined;
  } catch {
    return undefined;
  }
}

/** The maximum number of stacks per error: a chain of causes can be long, and may be circular. */
const LIMIT = 10;

/**
 * Returns the stack of an error, followed by those of its `cause` and of the `errors` of an
 * `AggregateError`; undefined if it has no stack. No other property is read, since it may hold a secret.
 */
export function stackOfError(error: unknown): string | undefined {
  const { stack } = describeError(error);
  return stack === undefined ? undefined : [stack, ...causesOf(error, new Set([error]))].join('\n');
}

function* causesOf(error: unknown, seen: Set<unknown>): Iterable<string> {
  for (const [label, inner] of innerErrors(error)) {
    if (seen.has(inner) || seen.size >= LIMIT) continue;
    seen.add(inner);
    const { type, message, stack } = describeError(inner);
    yield `${label}: ${stack ?? `${type}: ${message}`}`;
    yield* causesOf(inner, seen);
  }
}

function innerErrors(error: unknown): [label: string, error: unknown][] {
  if (typeof error !== 'object' || error === null) return [];
  try {
    const cause: unknown = Reflect.get(error, 'cause');
    const errors: unknown = Reflect.get(error, 'errors');
    return [
      ...(cause === undefined ? [] : [['caused by', cause] as [string, unknown]]),
      ...(error instanceof AggregateError && Array.isArray(errors)
        ? errors.map((one, at): [string, unknown] => [`errors[${at}]`, one])
        : []),
    ];
  } catch {
    return [];
  }
}

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
