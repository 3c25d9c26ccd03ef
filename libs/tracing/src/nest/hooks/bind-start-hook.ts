import { context, type Context } from '@opentelemetry/api';

/** The hook of Nest's servers that runs before guards, in the context of the message. */
type StartHook = (transport: unknown, message: unknown, done: () => Promise<void>) => unknown;

interface Server {
  onProcessingStartHook: StartHook;
  setOnProcessingStartHook(hook: StartHook): void;
}

/**
 * Brings a message back into its context when the start hook of the app has let it wait for a callback
 * that runs in another one (rule 31). A server has one hook: that of the app, before or after, runs on.
 *
 * @param belongs whether a context is that of the message, or was derived from it
 */
export function bindStartHook(
  server: object,
  belongs: (active: Context, own: Context) => boolean,
): void {
  const hooked = server as Server;
  let { onProcessingStartHook: appHook } = hooked;
  hooked.setOnProcessingStartHook((transport, message, done) => {
    const own = context.active();
    return appHook.call(hooked, transport, message, () =>
      belongs(context.active(), own) ? done() : context.with(own, done),
    );
  });
  hooked.setOnProcessingStartHook = (hook) => {
    appHook = hook;
  };
}
