import type { Settings } from '../../settings/settings.js';
import { tellWhatIsMissing } from './tell-what-is-missing.js';
import type { XRayParts } from './xray-parts.js';

/**
 * Loads what only X-Ray needs, where it is asked for: others would load a second copy of the SDK, which
 * the sampler brings along.
 *
 * @param tell tells the operator what turns out later
 */
export async function loadXRay(
  settings: Settings,
  tell: (message: string) => void,
): Promise<XRayParts> {
  return {
    ...(settings.backend === 'xray' && (await backendParts(settings, tell))),
    ...(settings.sampling === 'xray' && (await samplingParts(settings, tell))),
  };
}

async function backendParts(
  settings: Settings,
  tell: (message: string) => void,
): Promise<XRayParts> {
  const [{ AWSXRayIdGenerator }, { awsDetectors }] = await Promise.all([
    import('@opentelemetry/id-generator-aws-xray'),
    import('./aws-detectors.js'),
  ]);
  return {
    idGenerator: new AWSXRayIdGenerator(),
    createDetectors: () => awsDetectors(settings),
    look: (resource) => tellWhatIsMissing(resource, tell),
  };
}

async function samplingParts(
  settings: Settings,
  tell: (message: string) => void,
): Promise<XRayParts> {
  const { xraySampler } = await import('./xray-sampler.js');
  return { createSampler: (resource) => xraySampler(settings, resource, tell) };
}
