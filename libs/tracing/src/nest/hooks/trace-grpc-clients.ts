import type { ClientOptions, Interceptor } from '@grpc/grpc-js';
import { belongToCaller } from '../../span/results/belong-to-caller.js';

interface GrpcClient {
  options?: { channelOptions?: ClientOptions };
  getService(name: string): Record<string, unknown>;
  getClientByServiceName(name: string): unknown;
}

type Interceptors = Pick<ClientOptions, 'interceptors' | 'interceptor_providers'>;
type Call = (...args: unknown[]) => unknown;

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
      if (typeof call === 'function') service[method] = belongToCaller(call as Call);
    }
    return service;
  };
}

/** The options are often one object for the server and all clients: ours are put on a copy. */
function prepare(client: GrpcClient, ours: Interceptor): void {
  prepared.add(client);
  const { channelOptions = {} } = client.options ?? {};
  const { callInvocationTransformer: theirs } = channelOptions;
  client.options = {
    ...client.options,
    channelOptions: {
      ...withInterceptor(channelOptions, ours),
      // The interceptors of a call stand in for those of its client, so for ours too.
      callInvocationTransformer(given) {
        const call = theirs?.(given) ?? given;
        const { interceptors, interceptor_providers: providers } = call.callOptions;
        return interceptors?.length || providers?.length
          ? { ...call, callOptions: withInterceptor(call.callOptions, ours) }
          : call;
      },
    },
  };
}

/** grpc-js takes one of the two lists, never both. */
function withInterceptor<Options extends Interceptors>(
  options: Options,
  ours: Interceptor,
): Options {
  const { interceptors = [], interceptor_providers: providers } = options;
  return providers?.length
    ? { ...options, interceptor_providers: [() => ours, ...providers] }
    : { ...options, interceptors: [ours, ...interceptors] };
}
