import { SpanKind, type Attributes } from '@opentelemetry/api';

/** What is known of a message before it is sent or answered. */
export interface MessageKind {
  /** As the app names it: a text, or an object such as `{ cmd: 'sum' }`. */
  readonly pattern: unknown;
  /** Whether nobody waits for an answer. */
  readonly isEvent: boolean;
  /** `tcp` and the like. */
  readonly transport: string;
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

/** The semantic conventions for RPC, with Nest as the system. */
export function messageAttributes({ pattern, transport }: MessageKind): Attributes {
  return {
    'rpc.system': 'nestjs',
    'rpc.method': nameOfPattern(pattern),
    'network.transport': transport,
  };
}
