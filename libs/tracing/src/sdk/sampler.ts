import { isSpanContextValid, trace, TraceFlags, type Context } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
  type SamplingResult,
} from '@opentelemetry/sdk-trace';
import type { RecordSampler } from '../record/tracer-provider.js';
import type { Settings } from '../options/settings.js';
import {
  isIgnoredContext,
  withInventedParent,
  isSamplingDeferred,
} from '../propagation/remote-parent.js';

/**
 * Creates the sampler. Every sampler except a custom one follows the decision of the parent. Spans in an
 * ignored request are never sampled (rule 29). If the caller is untrusted or defers the decision, a new
 * decision is made (rules 16 and 27).
 *
 * @param rules the sampler of `'xray'`; without it, for example in a test, everything is recorded
 */
export function createSampler(sampling: Settings['sampling'], rules?: Sampler): RecordSampler {
  const isCustom = typeof sampling === 'object';
  const sampler = isCustom
    ? sampling
    : new ParentBasedSampler({ root: rootSampler(sampling, rules) });
  return {
    readsAttributes: isCustom || rules !== undefined,
    shouldSample(context, ...rest) {
      const local = isCustom ? undefined : localDecision(context);
      if (local !== undefined) return local;
      if (isIgnoredContext(context)) return NOT_RECORDED;
      return sampler.shouldSample(
        isSamplingDeferred(context) ? trace.deleteSpan(context) : withInventedParent(context),
        ...rest,
      );
    },
    toString: () => sampler.toString(),
  };
}

const RECORDED = { decision: SamplingDecision.RECORD_AND_SAMPLED };
const NOT_RECORDED = { decision: SamplingDecision.NOT_RECORD };

/** Returns the decision of a parent in this process; undefined if the parent is remote, or there is none. */
function localDecision(context: Context): SamplingResult | undefined {
  const parent = trace.getSpanContext(context);
  if (parent === undefined || parent.isRemote === true || !isSpanContextValid(parent))
    return undefined;
  return (parent.traceFlags & TraceFlags.SAMPLED) === 0 ? NOT_RECORDED : RECORDED;
}

function rootSampler(sampling: number | 'dormant' | 'xray', rules?: Sampler): Sampler {
  if (sampling === 'xray') return rules ?? new AlwaysOnSampler();
  if (sampling === 1) return new AlwaysOnSampler();
  if (typeof sampling === 'number') return new TraceIdRatioBasedSampler(sampling);
  return new AlwaysOffSampler();
}
