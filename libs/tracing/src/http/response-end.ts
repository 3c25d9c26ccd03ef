import { EventEmitter } from 'node:events';
import type { ServerResponse, IncomingMessage } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { SpanStatusCode } from '@opentelemetry/api';
import type { RequestScope } from '../span/request-scope.js';

/** Whether a response is a stream of events, which ends when its client has had enough of it. */
export function isEventStream(response: ServerResponse): boolean {
  const type = response.getHeader('content-type');
  if (type !== undefined) return String(type).startsWith('text/event-stream');
  // What `writeHead` is given need not become a header: then it stands in the text that is sent.
  const { _header: head } = response as { _header?: unknown };
  return typeof head === 'string' && /^content-type: *text\/event-stream/im.test(head);
}

const NO_ERROR = 0;

/** Responses that wait for their turn on a connection, with what is to run should it close. */
const queued = new WeakMap<Socket, Set<() => void>>();

/**
 * Ends the server span with the response: it closes once its last byte was handed to the operating
 * system, so that downloads and event streams last as long as they are written (rule 32), and also when
 * the client has gone before.
 */
export function endWithResponse(
  request: IncomingMessage,
  response: ServerResponse,
  scope: RequestScope,
): void {
  const { socket } = request;
  // A pipelined request is here before the response to the one before it is out: until then its own
  // response has no socket, and hears nothing of the end of the connection. Adapters of functions as
  // a service make sockets that tell nothing.
  const isQueued =
    response.socket === null && request.httpVersionMajor < 2 && socket instanceof EventEmitter;
  const waiting = isQueued ? queue(socket) : undefined;
  const { openSpans } = scope.app;
  // With HTTP/2 the response closes only when both sides are done with the stream.
  let sentAt: number | undefined;
  streamOf(response)?.once('finish', () => (sentAt = performance.now()));
  const end = (): void => {
    if (!openSpans.delete(end)) return;
    waiting?.delete(end);
    response.off('close', endLast);
    finish(response, scope, sentAt);
  };
  // Others hear of it after us, and log it: their lines belong to the span.
  const endLast = (): void => process.nextTick(end);
  openSpans.add(end);
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
  // A response of HTTP/2 says that it has finished also where its stream was cut off.
  const stream = streamOf(response);
  return stream === undefined
    ? response.writableFinished
    : !stream.aborted && stream.rstCode === NO_ERROR;
}

/** The stream of a response of HTTP/2. */
function streamOf(response: ServerResponse): ServerHttp2Stream | undefined {
  return 'stream' in response ? (response.stream as ServerHttp2Stream) : undefined;
}
