import type { ClientRequest } from 'node:http';
import type { Resource } from '@opentelemetry/resources';
import type { AWSXRayRemoteSampler } from '@opentelemetry/sampler-aws-xray';
import type { Settings } from '../../options/settings.js';
import { redactSetting } from '../../redaction/redact-url.js';
import { redactUserInfo } from '../../redaction/redact-user-info.js';
import { BackgroundRequests } from './background-requests.js';
import type { StoppableSampler } from '../backend.js';

/** The time limit of a request to the collector, which forwards it to X-Ray, in milliseconds. */
const LIMIT = 5000;

/**
 * Creates a sampler for the rules of the X-Ray console, which it fetches through the collector. Until they
 * are fetched, and if that fails for an hour, one request per second plus 5 % of the rest is sampled;
 * the first failure is logged.
 */
export function xraySampler(
  type: typeof AWSXRayRemoteSampler,
  { samplingRules: { endpoint, pollingInterval } }: Settings,
  resource: Resource,
  warn: (message: string) => void,
): StoppableSampler {
  let isReported = false;
  const requests = new BackgroundRequests(LIMIT, (request) => {
    whenFailed(request, (reason) => {
      if (isReported) return;
      isReported = true;
      warn(
        `The sampling rules of X-Ray could not be fetched from ${redactSetting(endpoint)}: ${redactUserInfo(reason)}. ` +
          'Until they can, one request per second and 5 % of the rest are sampled. In the collector, enable ' +
          `the awsproxy extension or the awsxray receiver. The rules are requested every ${pollingInterval} s; ` +
          'this warning is logged once.',
      );
    });
  });
  const create = (): AWSXRayRemoteSampler =>
    new type({ resource: resource as never, endpoint, pollingInterval });
  let sampler: AWSXRayRemoteSampler;
  try {
    sampler = requests.run(create);
  } catch (error) {
    requests.close();
    throw error;
  }
  return {
    shouldSample: (...args) => sampler.shouldSample(...args),
    toString: () => sampler.toString(),
    stop: () => {
      isReported = true;
      sampler.stopPollers();
      requests.close();
    },
  };
}

function whenFailed(request: ClientRequest, callback: (reason: string) => void): void {
  request.once('error', ({ message }) => callback(message));
  request.once('response', ({ statusCode }) => {
    if (statusCode !== 200) callback(`status ${statusCode}`);
  });
}
