import type { ServerResponse } from 'node:http';

/** Whether a response is a stream of events, which ends when its client has had enough of it. */
export function isEventStream(response: ServerResponse): boolean {
  const type = response.getHeader('content-type');
  if (type !== undefined) return String(type).startsWith('text/event-stream');
  // What `writeHead` is given need not become a header: then it stands in the text that is sent.
  const { _header: head } = response as { _header?: unknown };
  return typeof head === 'string' && /^content-type: *text\/event-stream/im.test(head);
}
