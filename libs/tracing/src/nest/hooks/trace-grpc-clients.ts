import type { Interceptor } from '@grpc/grpc-js';
import { belongToCaller } from '../../span/results/belong-to-caller.js';

interface GrpcClient {
  options?: { channelOptions?: Interceptors };
  getService(name: string): Record<string, unknown>;
  getClientByServiceName(name: string): unknown;
}

interface Interceptors {
  interceptors?: Interceptor[];
  interceptor_providers?: ((method: unknown) => Interceptor)[];
}

/** Clients that have our interceptor. */
const prepared = new WeakSet<object>();
const done = Symbol.for('nestjs-tracing.traced');

/**
 * Gives every gRPC client of Nest our interceptor before its stub is made, and makes its calls
 * belong to the place where they were made (rule 12).
 *
 * Clients come about in many ways (`ClientsModule`, `@Client`, `ClientProxyFactory`), most of them
 * before the app and all of them without a hook: the two methods that make a stub are the one place
 * that all of them pass.
 */
export function traceGrpcClients(prototype: object, ours: Interceptor): void {
  if (Object.hasOwn(prototype, done)) return;
  Object.defineProperty(prototype, done, { value: true });
  const client = prototype as GrpcClient;
  const { getService, getClientByServiceName } = client;
  client.getClientByServiceName = function (this: GrpcClient, name) {
    if (!prepared.has(this)) prepare(this, ours);
    return getClientByServiceName.call(this, name);
  };
  client.getService = function (this: GrpcClient, name) {
    const service = getService.call(this, name);
    for (const [method, call] of Object.entries(service)) {
      if (typeof call === 'function') {
        service[method] = belongToCaller(givingOurs(call as Call, ours));
      }
    }
    return service;
  };
}

/** The options are often one object for the server and all clients: ours are put on a copy. */
function prepare(client: GrpcClient, ours: Interceptor): void {
  prepared.add(client);
  const channelOptions = withInterceptor(client.options?.channelOptions ?? {}, ours);
  client.options = { ...client.options, channelOptions };
}

/** grpc-js takes one of the two lists, never both. */
function withInterceptor(options: Interceptors, ours: Interceptor): Interceptors {
  const { interceptors = [], interceptor_providers: providers } = options;
  if (interceptors.includes(ours)) return options; // the app gave it by hand
  return providers?.length
    ? { ...options, interceptor_providers: [() => ours, ...providers] }
    : { ...options, interceptors: [ours, ...interceptors] };
}

/** The interceptors of a call stand in for those of its client, so for ours too. */
function withOurs(argument: unknown, ours: Interceptor): unknown {
  if (Object.getPrototypeOf(Object(argument)) !== Object.prototype) return argument;
  const { interceptors, interceptor_providers: providers } = argument as Interceptors;
  return isFilled(interceptors) || isFilled(providers)
    ? withInterceptor(argument as Interceptors, ours)
    : argument;
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'function');
}

type Call = (...args: unknown[]) => unknown;

function givingOurs(call: Call, ours: Interceptor): Call {
  return function (this: unknown, ...args) {
    const given = args.map((arg, index) => (index === 0 ? arg : withOurs(arg, ours)));
    return Reflect.apply(call, this, given);
  };
}
