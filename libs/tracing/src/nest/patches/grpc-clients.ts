import type { ClientOptions, Interceptor } from '@grpc/grpc-js';
import { patch, Undos, type Undo } from '../../app/patch.js';
import { bindToCallSite } from '../../span/results/bind-to-call-site.js';

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
 * Gives every gRPC client of Nest our interceptor when its stub is made, and makes its calls belong to the
 * place where they were made (rule 12), until the function that it returns is called. A stub keeps the
 * interceptor, which does nothing where no app runs.
 *
 * Clients come about in many ways (`ClientsModule`, `@Client`, `ClientProxyFactory`), most of them
 * before the app and all of them without a hook: the two methods that make a stub are the one place
 * that all of them pass.
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

/** The options are often one object for the server and all clients: ours are put on a copy. */
function withOurs(options: ClientGrpcOptions | undefined, ours: Interceptor): ClientGrpcOptions {
  const { channelOptions = {} } = options ?? {};
  const { callInvocationTransformer: theirs } = channelOptions;
  return {
    ...options,
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
