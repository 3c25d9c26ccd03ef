import type { ModulesContainer } from '@nestjs/core';
import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Unsubscribable } from 'rxjs';
import { patch, type Undo } from '../../app/patch.js';
import { sharedName } from '../../span/process-state.js';
import { requestScope } from '../../span/scope.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { grpcSupport } from './grpc-support.js';

/** The hook of Nest's servers that runs before guards: `done` continues with the message. */
type StartHook = (transport: unknown, message: unknown, done: () => unknown) => unknown;

interface MessageServer {
  onProcessingStartHook?: StartHook;
  setOnProcessingStartHook?(hook: StartHook): void;
}

const message = createContextKey(sharedName('message'));

/**
 * Handles each message of a microservice in its own contexts, for all transports.
 *
 * Each message gets its own logging context: nestjs-pino has an option for that, but it needs Nest 12 and
 * `inheritAppConfig`. A gRPC call that this library traces enters its logging context itself, once per
 * message of a stream.
 *
 * If the start hook of the app continues with a message in a callback, which may run in the context of
 * another message, the context of the message is restored (rule 31).
 */
export function followMessages(modules: ModulesContainer, app: TracingApp): Unsubscribable {
  return modules.getRpcTargetRegistry<object>().subscribe((server) => {
    const grpc = grpcSupport();
    const entersByItself = grpc?.isGrpcServer(server) === true && !grpc.isTracedByThirdParty();
    hookMessages(server, app, entersByItself);
  });
}

/** Sets the only hook of a server. A hook that the app has set, or sets later, runs inside of it. */
function hookMessages(server: MessageServer, app: TracingApp, entersByItself: boolean): void {
  const { setOnProcessingStartHook: set, onProcessingStartHook } = server;
  if (set === undefined) return;
  const own: { hook: StartHook } = {
    hook: onProcessingStartHook ?? ((_transport, _message, done) => done()),
  };
  set.call(server, (transport, given, done) => {
    const run = (): unknown =>
      inOwnContext(done, (answer) => own.hook.call(server, transport, given, answer));
    const runInLogContext = entersByItself ? undefined : app.newLogContext?.();
    return runInLogContext === undefined ? run() : runInLogContext(run);
  });
  app.onStop(giveBack(new WeakRef(server), own));
  app.onStop(patch(server, 'setOnProcessingStartHook', () => (hook) => void (own.hook = hook)));
}

/** A separate function, so that its closure does not hold the app. */
function giveBack(server: WeakRef<MessageServer>, own: { readonly hook: StartHook }): Undo {
  return () => server.deref()?.setOnProcessingStartHook?.(own.hook);
}

/** Calls `wait` with a function that continues with the message in the context that is active now. */
function inOwnContext(done: () => unknown, wait: (answer: () => unknown) => unknown): unknown {
  const active = context.active();
  // Nothing is recorded or propagated for the message, so it needs no context of its own (rule 26).
  if (active === ROOT_CONTEXT) {
    return wait(() =>
      requestScope(context.active()) === undefined ? done() : context.with(ROOT_CONTEXT, done),
    );
  }
  const token = {};
  const own = active.setValue(message, token);
  const answer = (): unknown =>
    context.active().getValue(message) === token ? done() : context.with(own, done);
  return context.with(own, wait, undefined, answer);
}
