import { types } from 'node:util';
import {
  SpanKind,
  type Attributes,
  type TextMapGetter,
  type TextMapSetter,
  SpanStatusCode,
  type Span,
} from '@opentelemetry/api';
import type { Settings } from '../options/settings.js';
import { describeError, isServerFault } from '../span/errors/describe-error.js';

/** Describes a message before it is sent or handled. */
export interface MessageKind {
  /** The pattern of the app: a string, or an object such as `{ cmd: 'sum' }`. */
  readonly pattern: unknown;
  /** Whether it is an event, which has no answer. */
  readonly isEvent: boolean;
  /** The name of the transport, such as `tcp`. */
  readonly transport: string;
  /** The attributes of the connection. */
  readonly connection?: Attributes;
}

/** Returns the name of the span for a pattern. */
export function nameOfPattern(pattern: unknown): string {
  return typeof pattern === 'string' ? pattern : (JSON.stringify(pattern) ?? 'message');
}

export function clientKind({ isEvent }: MessageKind): SpanKind {
  return isEvent ? SpanKind.PRODUCER : SpanKind.CLIENT;
}

export function serverKind({ isEvent }: MessageKind): SpanKind {
  return isEvent ? SpanKind.CONSUMER : SpanKind.SERVER;
}

/** Returns attributes by the semantic conventions for RPC, with the same `RpcConventions` as for gRPC. */
export function messageAttributes(
  { pattern, transport, connection }: MessageKind,
  { rpcConventions }: Pick<Settings, 'rpcConventions'>,
): Attributes {
  return {
    ...(rpcConventions !== 'new' && { 'rpc.system': 'nestjs' }),
    ...(rpcConventions !== 'old' && { 'rpc.system.name': 'nestjs' }),
    'rpc.method': nameOfPattern(pattern),
    'network.transport': transport,
    ...connection,
  };
}

/** A message as Nest's transports send it; `metadata` is sent along with the data of the app. */
export interface Packet {
  readonly pattern?: unknown;
  metadata?: unknown;
}

/** Reads the metadata of a received packet, which may be anything (rule 15). */
export const packetGetter: TextMapGetter<Packet> = {
  get: (packet, key) => {
    const value = metadataOf(packet)[key];
    return typeof value === 'string' ? value : undefined;
  },
  keys: (packet) => Object.keys(metadataOf(packet)),
};

/** Adds to the metadata of a packet; other entries of the app are kept. */
export const packetSetter: TextMapSetter<Packet> = {
  set: (packet, key, value) => {
    packet.metadata = { ...metadataOf(packet), [key]: value };
  },
};

function metadataOf(packet: Packet): Record<string, unknown> {
  const metadata = typeof packet === 'object' && packet !== null ? packet.metadata : undefined;
  return typeof metadata === 'object' && metadata !== null
    ? (metadata as Record<string, unknown>)
    : {};
}

/**
 * Sets the status of a span to the error with which a message was answered. Nest's filters have converted
 * the thrown error to it, which is recorded elsewhere. A gRPC code that is not an error of the server does
 * not set the status ERROR (rule 4).
 *
 * @param thrownType the type of the thrown error, if it is known: the answer is a serialized error, and
 *   only an `Error` has a type of its own
 */
export function failMessage(span: Span, error: unknown, thrownType?: string): void {
  if (!span.isRecording()) return;
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  if (typeof code === 'number' && code > 0 && code <= 16) {
    span.setAttribute('rpc.grpc.status_code', code);
    if (!isServerFault(code)) return;
  }
  const described = describeError(error);
  const type = thrownType ?? (isError(error) ? described.type : undefined);
  if (type !== undefined) span.setAttribute('error.type', type);
  span.setStatus({
    code: SpanStatusCode.ERROR,
    message: typeof message === 'string' ? message : described.message,
  });
}

function isError(value: unknown): boolean {
  return value instanceof Error || types.isNativeError(value);
}
