import type { ModulesContainer } from '@nestjs/core';
import type { Unsubscribable } from 'rxjs';
import type { TracingApp } from '../../span/tracing-app.js';
import { grpcSupport } from './grpc-support.js';

/** The hook of Nest's servers that runs before guards: `done` answers the message. */
type StartHook = (transport: unknown, message: unknown, done: () => unknown) => unknown;

interface MessageServer {
  onProcessingStartHook?: StartHook;
  setOnProcessingStartHook?(hook: StartHook): void;
}

/**
 * Answers each message of a microservice in a logging context of its own, whatever the transport.
 * nestjs-pino has an option for that, which needs Nest 12 and `inheritAppConfig`. A gRPC call with a
 * span of ours enters its context anew for each message of a stream, and does so itself.
 */
export function runMessagesInLogContexts(
  modules: ModulesContainer,
  app: TracingApp,
): Unsubscribable {
  return modules.getRpcTargetRegistry<object>().subscribe((server) => {
    const grpc = grpcSupport();
    if (grpc?.isGrpcServer(server) !== true || grpc.isTracedByOthers()) hook(server, app);
  });
}

function hook(server: MessageServer, app: TracingApp): void {
  const { onProcessingStartHook, setOnProcessingStartHook: set } = server;
  if (set === undefined) return;
  // There is one hook: what the app has set, or sets later, runs inside of ours.
  server.setOnProcessingStartHook = (theirs) =>
    set.call(server, (transport, message, done) => {
      const run = (): unknown => theirs.call(server, transport, message, done);
      const runInContext = app.newLogContext?.();
      return runInContext === undefined ? run() : runInContext(run);
    });
  server.setOnProcessingStartHook(
    onProcessingStartHook ?? ((_transport, _message, done) => done()),
  );
}
