import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api';

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
