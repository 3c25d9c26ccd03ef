import { EventEmitter } from 'node:events';
import type { ServerResponse, IncomingMessage } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { SpanStatusCode } from '@opentelemetry/api';
import type { RequestScope } from '../span/scope.js';

/** Whether a response is a stream of server-sent events, which normally ends when the client closes it. */
export function isEventStream(response: ServerResponse): boolean {
  const type = response.getHeader('content-type');
  if (type !== undefined) return String(type).startsWith('text/event-stream');
  // A header passed to `writeHead` may exist only in the text that is sent.
  const { _header: head } = response as { _header?: unknown };
  return typeof head === 'string' && /^content-type: *text\/event-stream/im.test(head);
}

const NO_ERROR = 0;

/** For each connection with pipelined responses: the functions to call if it closes. */
const queued = new WeakMap<Socket, Set<() => void>>();

/**
 * Ends the server span when the response closes: once its last byte was handed to the operating system, so
 * the spans of downloads and event streams last as long as these are written (rule 32), or when the
 * client has disconnected before.
 */
export function endWithResponse(
  request: IncomingMessage,
  response: ServerResponse,
  scope: RequestScope,
): void {
  const { socket } = request;
  // A pipelined request arrives before the previous response is sent: until then its own response has
  // no socket, and is not notified if the connection closes. Adapters for serverless functions create
  // sockets that emit no events.
  const isQueued =
    response.socket === null && request.httpVersionMajor < 2 && socket instanceof EventEmitter;
  const waiting = isQueued ? queue(socket) : undefined;
  const { openSpans } = scope.app;
  // With HTTP/2 the response closes only when both sides have ended the stream.
  let sentAt: number | undefined;
  streamOf(response)?.once('finish', () => (sentAt = performance.now()));
  const end = (): void => {
    if (!openSpans.delete(end)) return;
    waiting?.delete(end);
    response.off('close', endLast);
    finish(response, scope, sentAt);
  };
  // Other listeners run after this one and may still log: their lines belong to the span.
  const endLast = (): void => process.nextTick(end);
  openSpans.add(end, scope.serverSpan);
  waiting?.add(end);
  response.once('close', endLast);
}

function queue(socket: Socket): Set<() => void> {
  let waiting = queued.get(socket);
  if (waiting === undefined) {
    const ends = new Set<() => void>();
    waiting = ends;
    queued.set(socket, ends);
    socket.once('close', () => {
      for (const end of ends) end();
    });
  }
  return waiting;
}

function finish(
  response: ServerResponse,
  { serverSpan, route, errorType }: RequestScope,
  sentAt: number | undefined,
): void {
  const status = response.statusCode;
  if (route !== undefined) serverSpan.setAttribute('http.route', route);
  if (response.headersSent) serverSpan.setAttribute('http.response.status_code', status);
  if (response.headersSent && status >= 500) {
    serverSpan.setAttribute('error.type', errorType ?? String(status));
    serverSpan.setStatus({ code: SpanStatusCode.ERROR });
  } else if (!isAllSent(response) && !isEventStream(response)) {
    serverSpan.setAttribute('error.type', 'aborted');
    serverSpan.setStatus({ code: SpanStatusCode.ERROR });
  }
  serverSpan.end(isAllSent(response) ? sentAt : undefined);
}

function isAllSent(response: ServerResponse): boolean {
  // An HTTP/2 response reports that it has finished even if its stream was cut off.
  const stream = streamOf(response);
  return stream === undefined
    ? response.writableFinished
    : !stream.aborted && stream.rstCode === NO_ERROR;
}

/** Returns the stream of an HTTP/2 response; undefined for HTTP/1. */
function streamOf(response: ServerResponse): ServerHttp2Stream | undefined {
  return 'stream' in response ? (response.stream as ServerHttp2Stream) : undefined;
}
