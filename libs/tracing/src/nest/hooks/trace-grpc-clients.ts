import type { Interceptor } from '@grpc/grpc-js';
import { belongToCaller } from '../../span/belong-to-caller.js';

interface GrpcClient {
  url?: string;
  options?: { url?: string; channelOptions?: ChannelOptions };
  getService(name: string): Record<string, unknown>;
  getClientByServiceName(name: string): unknown;
}

interface ChannelOptions {
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
export function traceGrpcClients(
  prototype: object,
  clientInterceptor: (target: string) => Interceptor,
): void {
  if (Object.hasOwn(prototype, done)) return;
  Object.defineProperty(prototype, done, { value: true });
  const client = prototype as GrpcClient;
  const { getService, getClientByServiceName } = client;
  client.getClientByServiceName = function (this: GrpcClient, name) {
    if (!prepared.has(this)) prepare(this, clientInterceptor);
    return getClientByServiceName.call(this, name);
  };
  client.getService = function (this: GrpcClient, name) {
    const service = getService.call(this, name);
    for (const [method, call] of Object.entries(service)) {
      if (typeof call === 'function')
        service[method] = belongToCaller(call as (...args: unknown[]) => unknown);
    }
    return service;
  };
}

/** The options are often one object for the server and all clients: ours are put on a copy. */
function prepare(client: GrpcClient, clientInterceptor: (target: string) => Interceptor): void {
  prepared.add(client);
  const ours = clientInterceptor(client.url ?? client.options?.url ?? '');
  const {
    interceptors,
    interceptor_providers: providers,
    ...rest
  } = client.options?.channelOptions ?? {};
  client.options = {
    ...client.options,
    channelOptions:
      providers !== undefined
        ? { ...rest, interceptor_providers: [() => ours, ...providers] }
        : { ...rest, interceptors: [ours, ...(interceptors ?? [])] },
  };
}
