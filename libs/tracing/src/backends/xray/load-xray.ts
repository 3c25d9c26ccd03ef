import type { Resource } from '@opentelemetry/resources';
import type { Settings } from '../../options/settings.js';
import type { BackendParts } from '../backend.js';

/** Says what was looked for and not found, once everybody who was asked has answered or is given up. */
async function warnOfMissingResource(
  resource: Resource,
  tell: (message: string) => void,
): Promise<void> {
  await resource.waitForAsyncAttributes?.();
  const { attributes } = resource;
  const missing = [
    ...(attributes['cloud.platform'] === undefined
      ? ['no AWS around the process (ECS, EKS, EC2, Lambda), so segments have no origin']
      : []),
    ...((attributes['aws.log.group.names'] ?? attributes['aws.log.group.arns'])
      ? []
      : ['no log group, so the console shows no lines under a trace: name it in logGroups']),
  ];
  if (missing.length > 0) tell(`Backend xray has found ${missing.join('; and ')}.`);
}

type Tell = (message: string) => void;

/**
 * Loads what only X-Ray needs, where it is asked for. Two packages are there only where the app has
 * installed them: they bring second copies of the SDK, of its last major version, which whoever does
 * without X-Ray should not have to install.
 *
 * @param tell tells the operator what is missing, now or later
 */
export async function loadXRay(settings: Settings, tell: Tell): Promise<BackendParts> {
  return {
    ...(settings.backend === 'xray' && (await backendParts(settings, tell))),
    ...(settings.sampling === 'xray' && (await samplingParts(settings, tell))),
  };
}

async function backendParts(settings: Settings, tell: Tell): Promise<BackendParts> {
  const { awsDetectors } = await import('./aws-detectors.js');
  const ids = await optional<typeof import('@opentelemetry/id-generator-aws-xray')>(
    '@opentelemetry/id-generator-aws-xray',
    (mend) =>
      tell(`Backend xray: trace ids do not begin with the time, as those of X-Ray do. ${mend}`),
  );
  return {
    ...(ids && { idGenerator: new ids.AWSXRayIdGenerator() }),
    createDetectors: () => awsDetectors(settings),
    checkResource: (resource) => warnOfMissingResource(resource, tell),
  };
}

async function samplingParts(settings: Settings, tell: Tell): Promise<BackendParts> {
  const { xraySampler } = await import('./xray-sampler.js');
  const found = await optional<typeof import('@opentelemetry/sampler-aws-xray')>(
    '@opentelemetry/sampler-aws-xray',
    (mend) => tell(`Sampling xray: no rules are asked for, and everything is recorded. ${mend}`),
  );
  if (found === undefined) return {};
  const { AWSXRayRemoteSampler } = found;
  return {
    createSampler: (resource) => xraySampler(AWSXRayRemoteSampler, settings, resource, tell),
  };
}

/** Bundlers do not see the name: they would stop where it is not installed. */
async function optional<T>(
  name: string,
  onMissing: (mend: string) => void,
): Promise<T | undefined> {
  try {
    return (await import(name)) as T;
  } catch (error) {
    const { code } = Object(error) as { code?: unknown };
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    onMissing(
      isMissing ? `Install it: npm install ${name}` : `${name} could not be loaded: ${error}`,
    );
    return undefined;
  }
}
