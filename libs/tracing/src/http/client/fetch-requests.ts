import type { Socket } from 'node:net';
import { currentCaller, type Caller } from '../../app/client-span.js';
import { beginClientCall, clientCallOf } from './client-call.js';
import { undiciInstrumentation } from '../../app/third-party.js';
import { targetOf } from './target.js';

/** A request of undici in the messages of its channels: of the one in Node (`fetch`), or of the package. */
interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL;
  readonly path: string;
  /** Set for a WebSocket. */
  readonly upgrade?: unknown;
  /** Names and values alternately. */
  readonly headers: unknown;
  addHeader(key: string, value: string): unknown;
}

interface RequestMessage {
  readonly request: UndiciRequest;
}

/** The listeners for undici's requests, by channel. */
export const fetchRequests = {
  'undici:request:create': ({ request }: RequestMessage): void => {
    // A tunnel through a proxy is not a call: the requests inside it are.
    if (request.method === 'CONNECT') return;
    const caller = currentCaller();
    if (caller === undefined || isTracedByThirdParty(caller, request)) return;
    beginClientCall(caller, request, {
      method: request.method,
      target: targetOf(String(request.origin).replace(/\/$/, ''), request.path),
      setHeader: (key, value) => setHeader(request, key, value),
      // No channel reports the end of a WebSocket handshake.
      isWithoutSpan: Boolean(request.upgrade),
    });
  },

  'undici:client:sendHeaders': ({ request, socket }: RequestMessage & { socket: Socket }): void => {
    clientCallOf(request)?.setAttributes({
      'network.protocol.version':
        'alpnProtocol' in socket && socket.alpnProtocol === 'h2' ? '2' : '1.1',
      'network.peer.address': socket.remoteAddress,
      'network.peer.port': socket.remotePort,
    });
  },

  'undici:request:headers': (
    message: RequestMessage & { response: { statusCode: number } },
  ): void => {
    const { statusCode } = message.response;
    // A lower status is informational: the response follows.
    if (statusCode >= 200) clientCallOf(message.request)?.answer(statusCode);
  },

  'undici:request:trailers': ({ request }: RequestMessage): void => clientCallOf(request)?.end(),

  'undici:request:error': ({ request, error }: RequestMessage & { error: unknown }): void => {
    clientCallOf(request)?.fail(error);
    clientCallOf(request)?.end();
  },
};

/**
 * Whether OpenTelemetry's instrumentation of undici traces the request: it listens to the same channels.
 * If it uses an external provider and subscribed first, it is recognized by the headers that it has set.
 */
function isTracedByThirdParty({ app }: Caller, request: UndiciRequest): boolean {
  const { hasExternalProvider, propagator } = app;
  return (
    app.hasTracerOf(undiciInstrumentation.name) ||
    (hasExternalProvider &&
      propagator.fields().some((field) => valueAt(request, field) !== undefined))
  );
}

function setHeader(request: UndiciRequest, key: string, value: string): void {
  const at = valueAt(request, key);
  if (at === undefined) request.addHeader(key, value);
  else (request.headers as unknown[])[at] = value;
}

function valueAt({ headers }: UndiciRequest, key: string): number | undefined {
  if (!Array.isArray(headers)) return undefined;
  const at = headers.findIndex(
    (name, index) => index % 2 === 0 && String(name).toLowerCase() === key.toLowerCase(),
  );
  return at === -1 ? undefined : at + 1;
}
