import { context, trace } from '@opentelemetry/api';
import { withRequestScope } from '../../span/app/request-scope.js';
import { patch } from '../../span/app/patch.js';
import type { TracingApp } from '../../span/tracing-app.js';

/** The hook of Nest's servers that runs before guards, in the context of the call. */
type StartHook = (transport: unknown, call: unknown, done: () => Promise<void>) => unknown;

interface HookedGrpcServer {
  onProcessingStartHook: StartHook;
}

/**
 * Builds on the server spans that an instrumentation of somebody else's makes: handlers are told which
 * span is that of their call, and have theirs below it.
 */
export function followServerSpansOfOthers(server: object, app: TracingApp): void {
  const grpc = server as HookedGrpcServer;
  // There is one hook.
  app.onStop(
    patch(grpc, 'onProcessingStartHook', (theirs) => (transport, call, done) => {
      const run = (): unknown => theirs.call(grpc, transport, call, done);
      const serverSpan = trace.getActiveSpan();
      if (serverSpan === undefined) return run();
      return context.with(withRequestScope(context.active(), { app, serverSpan }), run);
    }),
  );
}
