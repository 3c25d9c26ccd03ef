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
import { describeError } from '../span/errors/describe-error.js';
import { isServerFault } from '../span/errors/expected-error.js';

/** What is known of a message before it is sent or answered. */
export interface MessageKind {
  /** As the app names it: a text, or an object such as `{ cmd: 'sum' }`. */
  readonly pattern: unknown;
  /** Whether nobody waits for an answer. */
  readonly isEvent: boolean;
  /** `tcp` and the like. */
  readonly transport: string;
  /** What is known of the connection, as attributes. */
  readonly connection?: Attributes;
}

/** A span's name. */
export function nameOfPattern(pattern: unknown): string {
  return typeof pattern === 'string' ? pattern : (JSON.stringify(pattern) ?? 'message');
}

export function clientKind({ isEvent }: MessageKind): SpanKind {
  return isEvent ? SpanKind.PRODUCER : SpanKind.CLIENT;
}

export function serverKind({ isEvent }: MessageKind): SpanKind {
  return isEvent ? SpanKind.CONSUMER : SpanKind.SERVER;
}

/** The semantic conventions for RPC, with Nest as the system: the generation that gRPC's spans have. */
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

/** A message as Nest's transports send it; `metadata` travels beside what the app sends. */
export interface Packet {
  readonly pattern?: unknown;
  metadata?: unknown;
}

/** Reads what came in, which may be anything (rule 15). */
export const packetGetter: TextMapGetter<Packet> = {
  get: (packet, key) => {
    const value = metadataOf(packet)[key];
    return typeof value === 'string' ? value : undefined;
  },
  keys: (packet) => Object.keys(metadataOf(packet)),
};

/** What the app has put there itself stays. */
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
 * Marks a span with the error that a message was answered with: what Nest's filters made of what was
 * thrown, so it is not told again. A gRPC code that is no server fault is no ERROR (rule 4).
 *
 * @param thrownType the type of what was thrown, where that is known: the answer is what the wire
 *   makes of it, and only a real error has a type of its own
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
