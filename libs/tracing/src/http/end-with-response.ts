import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { SpanStatusCode } from '@opentelemetry/api';
import type { RequestScope } from '../span/app/request-scope.js';
import { isEventStream } from './is-event-stream.js';
import { openRequests } from './open-requests.js';

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
  const open = openRequests(scope.app);
  // With HTTP/2 the response closes only when both sides are done with the stream.
  let sentAt: number | undefined;
  streamOf(response)?.once('finish', () => (sentAt = performance.now()));
  const end = (): void => {
    if (!open.delete(end)) return;
    waiting?.delete(end);
    response.off('close', endLast);
    finish(response, scope, sentAt);
  };
  // Others hear of it after us, and log it: their lines belong to the span.
  const endLast = (): void => process.nextTick(end);
  open.add(end);
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
