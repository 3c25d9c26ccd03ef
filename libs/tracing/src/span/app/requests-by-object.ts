import type { RequestScope } from './request-scope.js';

const requests = new WeakMap<object, RequestScope>();

/**
 * Remembers to which call or message an object belongs that Nest hands to guards, handlers and filters:
 * the metadata of a gRPC call, the context of a message. So the request is found wherever a callback
 * comes back from (rule 31).
 */
export function keepRequest(object: unknown, request: RequestScope): void {
  if (isObject(object)) requests.set(object, request);
}

/** The call or message of a handler's arguments: one of them is known, or the `metadata` of one. */
export function requestOfArguments(args: readonly unknown[]): RequestScope | undefined {
  for (const argument of args) {
    if (!isObject(argument)) continue;
    const request = requests.get(argument) ?? requestOfMetadata(argument);
    if (request !== undefined) return request;
  }
  return undefined;
}

function requestOfMetadata(call: object): RequestScope | undefined {
  try {
    const metadata: unknown = Reflect.get(call, 'metadata');
    return isObject(metadata) ? requests.get(metadata) : undefined;
  } catch {
    return undefined; // a getter of a message that throws
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
