import type { ClientRequest, IncomingMessage } from 'node:http';
import { beginOutgoingCall } from './begin-outgoing-call.js';
import { currentCaller } from './caller.js';
import { targetAttributes } from './client-attributes.js';
import { isHttpSpanOfOthers } from './http-span-of-others.js';
import { outgoingCalls } from './outgoing-calls.js';
import { setRequestHeader } from './set-request-header.js';
import { targetOf, type Target } from './target.js';

interface RequestMessage {
  readonly request: ClientRequest & { readonly res?: IncomingMessage };
}

/** What `node:http` and `node:https` tell of their requests, by the channels that tell it. */
export const nodeRequests = {
  /** Made in the context of the caller; nothing is sent yet. */
  'http.client.request.created': ({ request }: RequestMessage): void => {
    // A tunnel through a proxy is no call: what goes through it is.
    if (request.method === 'CONNECT') return;
    const caller = currentCaller();
    if (caller === undefined || isHttpSpanOfOthers(caller.context)) return;
    beginOutgoingCall(caller, request, {
      method: request.method,
      target: requestTarget(request, portInHeader(request)),
      setHeader: (key, value) => setRequestHeader(request, key, value),
    });
    // It closes also where it has failed, was given up, or went over to another protocol.
    const call = outgoingCalls.of(request);
    if (call === undefined) return;
    request.once('close', () => end(request));
    request.once('timeout', () => call.timeOut());
  },

  /** The head of the response is here, its body is not. */
  'http.client.response.finish': (
    message: RequestMessage & { response: IncomingMessage },
  ): void => {
    const { request, response } = message;
    const call = outgoingCalls.of(request);
    if (call === undefined) return;
    const { remoteAddress, remotePort } = response.socket;
    call.tell({
      'network.protocol.version': response.httpVersion,
      'network.peer.address': remoteAddress,
      'network.peer.port': remotePort,
    });
    if (portInHeader(request) === undefined) {
      call.tell(targetAttributes(requestTarget(request, remotePort)));
    }
    call.answer(response.statusCode ?? 0);
    response.once('end', () => outgoingCalls.end(request));
  },

  'http.client.request.error': ({ request, error }: RequestMessage & { error: unknown }): void => {
    const call = outgoingCalls.of(request);
    if (isDestroyedByApp(request, error)) call?.cancel();
    else call?.fail(error);
  },
};

/** A connection that somebody else has closed is told before the request is destroyed for it. */
function isDestroyedByApp(request: ClientRequest, error: unknown): boolean {
  return request.destroyed && error instanceof Error && error.message === 'socket hang up';
}

function end(request: RequestMessage['request']): void {
  const call = outgoingCalls.of(request);
  const response = request.res;
  if (call === undefined) return;
  // The channel tells nothing of a response that upgrades the connection.
  if (response?.statusCode === 101) call.answer(101);
  if (response?.complete === false && response.errored) call.fail(response.errored);
  outgoingCalls.end(request);
}

/** No property of a request tells the port: `''` is the default one, undefined is not known. */
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
