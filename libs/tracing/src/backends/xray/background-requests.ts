import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';

const CHANNEL = 'http.client.request.created';
const key = createContextKey('nestjs-tracing.background-requests');

/**
 * Controls the HTTP requests that a package makes by itself, now and from its timers. They are not traced,
 * have a time limit, and their connections do not keep the process running.
 */
export class BackgroundRequests {
  private readonly open = new Set<ClientRequest>();

  /**
   * @param limit the time limit of a request, in milliseconds
   * @param onRequest called for each request
   */
  constructor(
    private readonly limit: number,
    private readonly onRequest: (request: ClientRequest) => void = () => {},
  ) {
    subscribe(CHANNEL, this.listener);
  }

  /** Runs a function that makes the requests, or starts the timers that will. */
  run<T>(start: () => T): T {
    return context.with(suppressTracing(ROOT_CONTEXT).setValue(key, this), start);
  }

  /** Destroys open requests, so that nothing happens on their responses. */
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
