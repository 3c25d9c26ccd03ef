import { traceTree, tracesOf } from '@shop/otlp';
import type { OtlpReceiver } from '@shop/otlp';
import type { Narrator } from './narrator.ts';

/** Spans of one trace come from several services, in batches. */
const QUIET_MS = 1_000;

/**
 * From now on, prints each trace that comes, once nothing more has come for a while.
 *
 * @param onShown Called after each such while.
 */
export function showFurtherTraces(
  relay: OtlpReceiver,
  narrator: Narrator,
  onShown: () => void,
): void {
  const known = new Map([...tracesOf(relay.spans)].map(([id, trace]) => [id, trace.length]));
  let timer: NodeJS.Timeout | undefined;
  relay.onRequest(() => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const [id, trace] of tracesOf(relay.spans)) {
        if (known.get(id) === trace.length) continue;
        known.set(id, trace.length);
        narrator.line();
        narrator.line(`trace ${id}`);
        narrator.line(traceTree(trace, { times: true, paint: narrator.paint }));
      }
      onShown();
    }, QUIET_MS);
  });
}
