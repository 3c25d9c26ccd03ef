import { SpanKind, type Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { annotations } from './annotations.js';
import { grpcAsHttp, grpcService } from './grpc-as-http.js';
import { segmentName } from './segment-name.js';

/** The attributes of a span, as the X-Ray exporter of the collector reads them. */
export function segmentAttributes(span: ReadableSpan, annotate: readonly string[]): Attributes {
  const attributes = withOldNames({ ...span.attributes, ...grpcAsHttp(span) }, span.kind);
  const peer = span.kind === SpanKind.CLIENT ? peerService(attributes) : undefined;
  if (peer !== undefined) attributes['peer.service'] = peer;
  for (const key of namingAttributes) {
    const name = attributes[key];
    if (typeof name === 'string') attributes[key] = segmentName(name);
  }
  return Object.assign(attributes, annotations(attributes, annotate));
}

/** Attributes that the exporter takes for the name of a segment as they are. */
const namingAttributes = ['peer.service', 'aws.service', 'db.name'];

/** Attributes of which the exporter reads only the old name. */
const oldNames: Readonly<Record<string, string>> = {
  'db.system.name': 'db.system',
  'db.namespace': 'db.name',
  'db.query.text': 'db.statement',
};

function withOldNames(attributes: Attributes, kind: SpanKind): Attributes {
  for (const [name, old] of Object.entries(oldNames)) {
    rename(attributes, name, old);
  }
  // On a call that goes out, the exporter would take the address of the peer for that of the client.
  if (kind === SpanKind.CLIENT) rename(attributes, 'network.peer.address', 'net.sock.peer.addr');
  const { 'url.path': path, 'url.query': query } = attributes;
  // Of a path and a query, the exporter would make a URL of the query alone.
  if (kind === SpanKind.SERVER && path !== undefined && query !== undefined) {
    attributes['http.target'] ??= `${path}?${query}`;
    delete attributes['url.query'];
  }
  return attributes;
}

function rename(attributes: Attributes, name: string, other: string): void {
  if (attributes[name] === undefined) return;
  attributes[other] ??= attributes[name];
  delete attributes[name];
}

/**
 * Who is called: it names the segment of the call, and so the node on the service map. Databases and
 * the services of AWS have names of their own.
 */
function peerService(attributes: Attributes): string | undefined {
  if (attributes['peer.service'] !== undefined) return undefined;
  const isHttp = attributes['http.request.method'] ?? attributes['http.method'];
  const isOther = attributes['rpc.system'] ?? attributes['db.system'];
  const host = attributes['server.address'] ?? attributes['net.peer.name'];
  const name = grpcService(attributes) ?? (isHttp && !isOther ? host : undefined);
  return name === undefined ? undefined : segmentName(String(name)) || undefined;
}
