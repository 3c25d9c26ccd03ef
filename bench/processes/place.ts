import type { Services } from './app-pair.ts';
import type { ReceiverProcess } from './receiver-process.ts';

/** What the processes under measurement can reach. */
export interface Place {
  readonly receiver: ReceiverProcess;
  /** A collector that receives the spans instead of the receiver. */
  readonly collector: string | undefined;
  /** The URL of a Redis server. */
  readonly redis: string | undefined;
}

/** Opens what one pair of processes sends to. */
export async function openServices({ receiver, collector, redis }: Place): Promise<Services> {
  return {
    collector: collector ?? (await receiver.open()),
    sink: await receiver.openSink(),
    redis,
  };
}
