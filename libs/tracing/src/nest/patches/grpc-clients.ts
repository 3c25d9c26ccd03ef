import type { ClientOptions, Interceptor } from '@grpc/grpc-js';
import { patch, Undos, type Undo } from '../../app/patch.js';
import { bindToCallSite } from '../../span/results/bind-result.js';

interface ClientGrpcOptions {
  channelOptions?: ClientOptions;
}

interface GrpcClient {
  options: ClientGrpcOptions | undefined;
  getService(name: string): Record<string, unknown>;
  getClientByServiceName(name: string): unknown;
}

type Interceptors = Pick<ClientOptions, 'interceptors' | 'interceptor_providers'>;
type Call = (...args: unknown[]) => unknown;

/**
 * Adds an interceptor to every gRPC client of Nest when its stub is created, and binds calls to their call
 * site (rule 12), until the returned function is called. Existing stubs keep the interceptor, which does
 * nothing while no app runs.
 *
 * Clients are created in several ways (`ClientsModule`, `@Client`, `ClientProxyFactory`), mostly before
 * the app and always without a hook. All of them call one of the two methods that create a stub.
 */
export function traceGrpcClients(prototype: object, ours: Interceptor): Undo {
  const client = prototype as GrpcClient;
  const undos = new Undos();
  undos.add(
    patch(client, 'getClientByServiceName', (getClientByServiceName) => {
      return function (this: GrpcClient, name) {
        const { options } = this;
        this.options = withOurs(options, ours);
        try {
          return getClientByServiceName.call(this, name);
        } finally {
          this.options = options;
        }
      };
    }),
  );
  undos.add(
    patch(client, 'getService', (getService) => {
      return function (this: GrpcClient, name) {
        const service = getService.call(this, name);
        for (const [method, call] of Object.entries(service)) {
          if (typeof call === 'function') service[method] = bindToCallSite(call as Call);
        }
        return service;
      };
    }),
  );
  return () => undos.run();
}

/** Adds the interceptor to a copy of the options, since a server and clients often share one object. */
function withOurs(options: ClientGrpcOptions | undefined, ours: Interceptor): ClientGrpcOptions {
  const { channelOptions = {} } = options ?? {};
  const { callInvocationTransformer: original } = channelOptions;
  return {
    ...options,
    channelOptions: {
      ...withInterceptor(channelOptions, ours),
      // The interceptors of a call replace those of its client, so this one has to be added again.
      callInvocationTransformer(given) {
        const call = original?.(given) ?? given;
        const { interceptors, interceptor_providers: providers } = call.callOptions;
        return interceptors?.length || providers?.length
          ? { ...call, callOptions: withInterceptor(call.callOptions, ours) }
          : call;
      },
    },
  };
}

/** Adds the interceptor to the list in use: grpc-js accepts only one of the two. */
function withInterceptor<Options extends Interceptors>(
  options: Options,
  ours: Interceptor,
): Options {
  const { interceptors = [], interceptor_providers: providers } = options;
  return providers?.length
    ? { ...options, interceptor_providers: [() => ours, ...providers] }
    : { ...options, interceptors: [ours, ...interceptors] };
}
