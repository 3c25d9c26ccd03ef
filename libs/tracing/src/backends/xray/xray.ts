import { hostname } from 'node:os';
import type { ResourceDetector, Resource } from '@opentelemetry/resources';
import type { Backend, BackendParts } from '../backend.js';
import type { Settings } from '../../options/settings.js';
import { segmentOf, segmentResourceAttributes } from './segment.js';

/**
 * Detects only the host name: X-Ray takes `host.id` for that of an EC2 instance, and every attribute makes
 * every segment bigger.
 */
const hostNameDetector: ResourceDetector = {
  detect: () => ({ attributes: { 'host.name': hostname() } }),
};

/** AWS X-Ray, through a collector with the `awsxray` exporter. */
export const xray: Backend = {
  propagators: ['tracecontext', 'baggage', 'xray'],
  hostDetectors: [hostNameDetector],
  adaptSpan: segmentOf,
  adaptResource: segmentResourceAttributes,
  logLines: {
    // The CloudWatch console finds the lines of a trace by this form, or by the 32 digits.
    backendTraceId: {
      name: 'xray_trace_id',
      of: (traceId) => `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`,
    },
    // X-Ray drops every other event.
    exceptionsOnly: true,
  },
};

type Warn = (message: string) => void;

/** Warns about attributes that were not found, once all detectors have finished or timed out. */
async function warnOfMissingResource(resource: Resource, warn: Warn): Promise<void> {
  await resource.waitForAsyncAttributes?.();
  const { attributes } = resource;
  const missing = [
    ...(attributes['cloud.platform'] === undefined
      ? ['no AWS environment (ECS, EKS, EC2, Lambda), so segments have no origin']
      : []),
    ...((attributes['aws.log.group.names'] ?? attributes['aws.log.group.arns'])
      ? []
      : ['no log group, so the console shows no log lines of a trace (set the option logGroups)']),
  ];
  if (missing.length > 0) warn(`Backend xray: detected ${missing.join('; and ')}.`);
}

/**
 * Loads the parts that only X-Ray needs, if it is configured. Two packages are optional, because they
 * depend on copies of the SDK of the previous major version, which apps without X-Ray should not have to
 * install.
 *
 * @param warn logs a warning if a part is missing, now or later
 */
export async function loadXRay(settings: Settings, warn: Warn): Promise<BackendParts> {
  return {
    ...(settings.backend === 'xray' && (await backendParts(settings, warn))),
    ...(settings.sampling === 'xray' && (await samplingParts(settings, warn))),
  };
}

async function backendParts(settings: Settings, warn: Warn): Promise<BackendParts> {
  const { awsDetectors } = await import('./aws-detectors.js');
  const ids = await optional<typeof import('@opentelemetry/id-generator-aws-xray')>(
    '@opentelemetry/id-generator-aws-xray',
    (fix) =>
      warn(`Backend xray: trace IDs do not begin with the time, as the IDs of X-Ray do. ${fix}`),
  );
  return {
    ...(ids && { idGenerator: new ids.AWSXRayIdGenerator() }),
    createDetectors: () => awsDetectors(settings),
    checkResource: (resource) => warnOfMissingResource(resource, warn),
  };
}

async function samplingParts(settings: Settings, warn: Warn): Promise<BackendParts> {
  const { xraySampler } = await import('./xray-sampler.js');
  const found = await optional<typeof import('@opentelemetry/sampler-aws-xray')>(
    '@opentelemetry/sampler-aws-xray',
    (fix) => warn(`Sampling xray: no rules are fetched, and everything is sampled. ${fix}`),
  );
  if (found === undefined) return {};
  const { AWSXRayRemoteSampler } = found;
  return {
    createSampler: (resource) => xraySampler(AWSXRayRemoteSampler, settings, resource, warn),
  };
}

/** Imports an optional package. The name is a variable, since bundlers fail for a missing package. */
async function optional<T>(name: string, onMissing: (fix: string) => void): Promise<T | undefined> {
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
