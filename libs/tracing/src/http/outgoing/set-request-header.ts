import type { ClientRequest } from 'node:http';

/**
 * Sets a header on a request of which nothing is sent yet. One that was given its headers as an array
 * holds them as text from the start: there the line goes before the last.
 */
export function setRequestHeader(request: ClientRequest, key: string, value: string): void {
  if (!request.headersSent) {
    request.setHeader(key, value);
    return;
  }
  const message = request as unknown as { _header?: unknown; _headerSent?: unknown };
  const { _header: head, _headerSent: isSent } = message;
  // With `Expect`, the text is on its way already, and the call goes without our headers.
  if (typeof head !== 'string' || isSent !== false || !head.endsWith('\r\n\r\n')) return;
  const others = head.replace(new RegExp(`\r\n${key}:[^\r\n]*`, 'gi'), '');
  message._header = `${others.slice(0, -2)}${key}: ${value}\r\n\r\n`;
}
