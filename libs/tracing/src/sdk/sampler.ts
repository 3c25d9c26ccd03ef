import { isSpanContextValid, trace, type Context } from '@opentelemetry/api';
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
  isForced,
  isIgnoredContext,
  withInventedParent,
  isSamplingDeferred,
} from '../propagation/remote-parent.js';

/** A sampler that can be told at run time how new traces are sampled. */
export interface ControllableSampler extends RecordSampler {
  /**
   * Changes the sampling of traces that start from now on. Traces under way end as they began.
   * @param ratio of the new traces; undefined for the configured sampling
   */
  sampleNewTraces(ratio: number | undefined): void;
}

/**
 * Creates the sampler. Every sampler except a custom one follows the decision of the parent. Spans in an
 * ignored request are never sampled (rule 29). If the caller is untrusted or defers the decision, a new
 * decision is made (rules 16 and 27).
 *
 * @param rules the sampler of `'xray'`; without it, for example in a test, everything is recorded
 */
export function createSampler(
  sampling: Settings['sampling'],
  rules?: Sampler,
): ControllableSampler {
  const isCustom = typeof sampling === 'object';
  const sampler = isCustom
    ? sampling
    : new ParentBasedSampler({ root: rootSampler(sampling, rules) });
  let instead: Sampler | undefined;
  return {
    readsAttributes: isCustom || rules !== undefined,
    followsLocalParents: !isCustom,
    shouldSample(context, ...rest) {
      if (isIgnoredContext(context)) return { decision: SamplingDecision.NOT_RECORD };
      if (isForced(context)) {
        return { decision: SamplingDecision.RECORD_AND_SAMPLED, isFollowed: isCustom };
      }
      const scope = isSamplingDeferred(context)
        ? trace.deleteSpan(context)
        : withInventedParent(context);
      if (instead === undefined || hasLocalParent(scope)) {
        return sampler.shouldSample(scope, ...rest);
      }
      // A custom sampler must not be asked for the rest of the trace.
      return { ...instead.shouldSample(scope, ...rest), isFollowed: isCustom };
    },
    sampleNewTraces(ratio) {
      instead =
        ratio === undefined ? undefined : new ParentBasedSampler({ root: rootSampler(ratio) });
    },
    toString: () => sampler.toString(),
  };
}

function hasLocalParent(context: Context): boolean {
  const parent = trace.getSpanContext(context);
  return parent !== undefined && parent.isRemote !== true && isSpanContextValid(parent);
}

function rootSampler(sampling: number | 'dormant' | 'xray', rules?: Sampler): Sampler {
  if (sampling === 'xray') return rules ?? new AlwaysOnSampler();
  if (sampling === 1) return new AlwaysOnSampler();
  if (typeof sampling === 'number') return new TraceIdRatioBasedSampler(sampling);
  return new AlwaysOffSampler();
}
