import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import type { Settings } from '../settings/settings.js';

/** Every sampler but the user's own follows the decision of the parent. */
export function createSampler(sampling: Settings['sampling']): Sampler {
  if (typeof sampling === 'object') return sampling;
  return new ParentBasedSampler({ root: rootSampler(sampling) });
}

function rootSampler(sampling: number | 'dormant' | 'xray'): Sampler {
  if (sampling === 1) return new AlwaysOnSampler();
  if (typeof sampling === 'number') return new TraceIdRatioBasedSampler(sampling);
  return new AlwaysOffSampler();
}
