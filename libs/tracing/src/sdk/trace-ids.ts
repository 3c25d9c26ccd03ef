import { context, trace } from '@opentelemetry/api';
import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace';
import { isParentless } from '../span/incoming/parentless.js';

/** Ids for new traces, and for the first span of a trace that a caller has named (rule 16). */
export function traceIds(ids: IdGenerator = new RandomIdGenerator()): IdGenerator {
  return {
    generateTraceId() {
      const active = context.active();
      const named = isParentless(active) ? trace.getSpanContext(active)?.traceId : undefined;
      return named ?? ids.generateTraceId();
    },
    generateSpanId: () => ids.generateSpanId(),
  };
}
