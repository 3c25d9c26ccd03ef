import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { matches } from '../options/settings.js';
import { memoize } from '../span/memoize.js';
import type { TracingApp } from '../span/tracing-app.js';
import { fullMethod } from './attributes.js';
import { TracedServerCall } from './server-call.js';

/** The two interceptors of a server, outside and inside of those of the app. */
export interface ServerInterceptors {
  /** Creates the server span of each call (rule 11). */
  readonly outermost: ServerInterceptor;
  /**
   * Restores the context of each call: an interceptor of the app may pass an event on later, from a
   * callback in the context of another call (rule 31).
   */
  readonly innermost: ServerInterceptor;
}

export function serverInterceptors(app: TracingApp): ServerInterceptors {
  const isIgnored = memoizeIgnored(app);
  // grpc-js applies all interceptors of a call synchronously, so no other call comes between these two.
  let latest: TracedServerCall | undefined;
  return {
    outermost: (method, call) => (latest = new TracedServerCall(app, isIgnored, method, call)),
    innermost: (_method, call) => {
      const traced = latest;
      latest = undefined;
      return traced === undefined ? new ServerInterceptingCall(call) : new BoundCall(call, traced);
    },
  };
}

function memoizeIgnored({ settings }: TracingApp): (path: string) => boolean {
  return memoize((path) => matches(fullMethod(path), settings.ignore.grpc));
}

/** A call whose listeners run in the context of its server span. */
class BoundCall extends ServerInterceptingCall {
  constructor(
    call: ServerInterceptingCallInterface,
    private readonly traced: TracedServerCall,
  ) {
    super(call);
  }

  override start(listener: Parameters<ServerInterceptingCallInterface['start']>[0]): void {
    const { traced } = this;
    super.start({
      onReceiveMetadata: (metadata) => traced.run(() => listener.onReceiveMetadata(metadata)),
      onReceiveMessage: (message) => traced.run(() => listener.onReceiveMessage(message)),
      onReceiveHalfClose: () => traced.run(() => listener.onReceiveHalfClose()),
      onCancel: () => traced.run(() => listener.onCancel()),
    });
  }
}
