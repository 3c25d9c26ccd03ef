import type { Resource, ResourceDetector } from '@opentelemetry/resources';
import type { IdGenerator, Sampler } from '@opentelemetry/sdk-trace';

/** What of X-Ray has been loaded. */
export interface XRayParts {
  readonly idGenerator?: IdGenerator;
  /** Look around for AWS, from now on and for a short time. */
  readonly createDetectors?: () => StoppableDetectors;
  /** A sampler that follows the rules of the X-Ray console until it is stopped. */
  readonly createSampler?: (resource: Resource) => StoppableSampler;
  /** Tells what is missing, once the detectors have ended. */
  readonly look?: (resource: Resource) => Promise<void>;
}

export interface StoppableDetectors {
  readonly detectors: readonly ResourceDetector[];
  stop(): void;
}

export interface StoppableSampler extends Sampler {
  stop(): void;
}
