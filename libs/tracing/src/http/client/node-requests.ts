import type { ClientRequest, IncomingMessage } from 'node:http';
import { currentCaller } from '../../app/client-span.js';
import { httpInstrumentation, isClientSpanOf } from '../../app/third-party.js';
import { beginClientCall, clientCallOf } from './client-call.js';
import { targetAttributes, targetOf, type Target } from './target.js';

/**
 * Sets a header on a request that is not sent yet. If the headers were given as an array, Node has already
 * formatted them: then a line is inserted at the end of that text.
 */
function setRequestHeader(request: ClientRequest, key: string, value: string): void {
  if (!request.headersSent) {
    request.setHeader(key, value);
    return;
  }
  const message = request as unknown as { _header?: unknown; _headerSent?: unknown };
  const { _header: head, _headerSent: isSent } = message;
  // With `Expect`, the text is sent already, so the call is made without the header.
  if (typeof head !== 'string' || isSent !== false || !head.endsWith('\r\n\r\n')) return;
  const rest = head.replace(new RegExp(`\r\n${key}:[^\r\n]*`, 'gi'), '');
  message._header = `${rest.slice(0, -2)}${key}: ${value}\r\n\r\n`;
}

interface RequestMessage {
  readonly request: ClientRequest & { readonly res?: IncomingMessage };
}

/** The listeners for requests of `node:http` and `node:https`, by channel. */
export const nodeRequests = {
  /** Published in the context of the caller; nothing is sent yet. */
  'http.client.request.created': ({ request }: RequestMessage): void => {
    // A tunnel through a proxy is not a call: the requests inside it are.
    if (request.method === 'CONNECT') return;
    const caller = currentCaller();
    if (caller === undefined || isClientSpanOf(httpInstrumentation, caller.context)) return;
    beginClientCall(caller, request, {
      method: request.method,
      target: requestTarget(request, portInHeader(request)),
      setHeader: (key, value) => setRequestHeader(request, key, value),
    });
    // `close` is emitted also if the request failed, was canceled or switched to another protocol.
    const call = clientCallOf(request);
    if (call === undefined) return;
    request.once('close', () => end(request));
    request.once('timeout', () => call.timeOut());
  },

  /** The headers of the response have arrived, its body has not. */
  'http.client.response.finish': (
    message: RequestMessage & { response: IncomingMessage },
  ): void => {
    const { request, response } = message;
    const call = clientCallOf(request);
    if (call === undefined) return;
    const { remoteAddress, remotePort } = response.socket;
    call.setAttributes({
      'network.protocol.version': response.httpVersion,
      'network.peer.address': remoteAddress,
      'network.peer.port': remotePort,
    });
    if (portInHeader(request) === undefined) {
      call.setAttributes(targetAttributes(requestTarget(request, remotePort)));
    }
    call.answer(response.statusCode ?? 0);
    response.once('end', () => clientCallOf(request)?.end());
  },

  'http.client.request.error': ({ request, error }: RequestMessage & { error: unknown }): void => {
    const call = clientCallOf(request);
    if (isDestroyedByApp(request, error)) call?.cancel();
    else call?.fail(error);
  },
};

/** If the peer closes the connection, Node reports the error before it destroys the request. */
function isDestroyedByApp(request: ClientRequest, error: unknown): boolean {
  return request.destroyed && error instanceof Error && error.message === 'socket hang up';
}

function end(request: RequestMessage['request']): void {
  const call = clientCallOf(request);
  const response = request.res;
  if (call === undefined) return;
  // The channels do not report a response that upgrades the connection.
  if (response?.statusCode === 101) call.answer(101);
  if (response?.complete === false && response.errored) call.fail(response.errored);
  clientCallOf(request)?.end();
}

/** Reads the port from `Host`, as a request has no such property: `''` is the default port. */
function portInHeader(request: ClientRequest): string | undefined {
  const header = request.getHeader('host');
  const host = bracketed(request.host);
  if (typeof header !== 'string' || !header.startsWith(host)) return undefined;
  return /^(?::(\d+))?$/.exec(header.slice(host.length)) === null
    ? undefined
    : header.slice(host.length + 1);
}

function requestTarget(request: ClientRequest, port: string | number = ''): Target {
  const origin = `${request.protocol}//${bracketed(request.host)}`;
  return targetOf(port === '' ? origin : `${origin}:${port}`, request.path);
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
