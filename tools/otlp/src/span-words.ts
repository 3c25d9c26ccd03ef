import { status as grpcStatus } from '@grpc/grpc-js';
function statusWords({ attributes, status }: Span, paint: Paint): string {
  const http = attributes['http.response.status_code'];
  const grpc = attributes['rpc.grpc.status_code'];
  const failed = status.code === 'ERROR';
  return [
    http !== undefined && paint(failed ? 'error' : 'ok', String(http)),
    grpc !== undefined && paint(failed ? 'error' : 'ok', grpcStatus[Number(grpc)] ?? String(grpc)),
    failed && paint('error', status.message ? `ERROR: ${firstLine(status.message)}` : 'ERROR'),
    status.code === 'OK' && paint('ok', 'OK'),
    !failed && attributes['error'] === true && paint('error', 'error=true'),
  ]
    .filter(Boolean)
    .join(' ');
}

function attributeWords(attributes: Attributes, keys: readonly string[]): string {
  return keys
    .filter((key) => attributes[key] !== undefined)
    .map((key) => `${key}=${JSON.stringify(attributes[key])}`)
    .join(' ');
}

function eventLine({ name, attributes }: SpanEvent, paint: Paint): string {
  const level = attributes['level'];
  const bad = level === 'error' || level === 'fatal' || name === 'exception';
  const type = attributes['exception.type'];
  const message = attributes['exception.message'];
  const exception =
    type === undefined && message === undefined ? '' : [type, message].filter(Boolean).join(': ');
  const words = [level, firstLine(name), exception && `[${firstLine(exception)}]`];
  return paint(bad ? 'error' : 'log', `· ${words.filter(Boolean).join(' ')}`);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function duration(nanoseconds: bigint): string {
  const ms = Number(nanoseconds) / 1e6;
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 2 : 1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
