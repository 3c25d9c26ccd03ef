import { SpanKind, type Attributes } from '@opentelemetry/api';
import type { Settings } from '../settings/settings.js';

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
