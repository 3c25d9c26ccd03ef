import { trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
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
    followsLocalParents: !isCustom,
    shouldSample(context, ...rest) {
      if (isIgnoredContext(context)) return { decision: SamplingDecision.NOT_RECORD };
      return sampler.shouldSample(
        isSamplingDeferred(context) ? trace.deleteSpan(context) : withInventedParent(context),
        ...rest,
      );
    },
    toString: () => sampler.toString(),
  };
}

function rootSampler(sampling: number | 'dormant' | 'xray', rules?: Sampler): Sampler {
  if (sampling === 'xray') return rules ?? new AlwaysOnSampler();
  if (sampling === 1) return new AlwaysOnSampler();
  if (typeof sampling === 'number') return new TraceIdRatioBasedSampler(sampling);
  return new AlwaysOffSampler();
}
