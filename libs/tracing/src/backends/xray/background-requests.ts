import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';

const CHANNEL = 'http.client.request.created';
const key = createContextKey('nestjs-tracing.background-requests');

/**
 * The HTTP requests that a package makes on its own, now and from its timers: they are not traced, end
 * in time, and their connections hold no process that has nothing else to do.
 */
export class BackgroundRequests {
  private readonly open = new Set<ClientRequest>();

  /**
   * @param limit milliseconds that a request may take
   * @param onRequest is told of each
   */
  constructor(
    private readonly limit: number,
    private readonly onRequest: (request: ClientRequest) => void = () => {},
  ) {
    subscribe(CHANNEL, this.listener);
  }

  /** Runs what makes them, or starts the timers that will. */
  run<T>(start: () => T): T {
    return context.with(suppressTracing(ROOT_CONTEXT).setValue(key, this), start);
  }

  /** Ends those under way, so that nothing follows upon their answers. */
  close(): void {
    unsubscribe(CHANNEL, this.listener);
    for (const request of this.open) request.destroy(new Error('not needed any more'));
  }

  private readonly listener = (message: unknown): void => {
    if (context.active().getValue(key) !== this) return;
    const { request } = message as { request: ClientRequest };
    this.open.add(request);
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${this.limit} ms`)),
      this.limit,
    ).unref();
    request.once('socket', (socket) => socket.unref());
    request.once('close', () => {
      clearTimeout(timer);
      this.open.delete(request);
    });
    this.onRequest(request);
  };
}
