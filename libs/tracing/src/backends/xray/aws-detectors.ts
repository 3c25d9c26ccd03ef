import {
  awsEc2Detector,
  awsEcsDetector,
  awsEksDetector,
  awsLambdaDetector,
} from '@opentelemetry/resource-detector-aws';
import type { Settings } from '../../options/settings.js';
import { BackgroundRequests } from './background-requests.js';
import type { StoppableDetectors } from '../backend.js';

/** Milliseconds after which it is not looked any further: metadata services answer at once or never. */
const LIMIT = 1000;

/** What logs a detector finds: that of the `awslogs` driver, or of the Lambda function. */
const logAttributes = [
  'aws.log.group.names',
  'aws.log.group.arns',
  'aws.log.stream.names',
  'aws.log.stream.arns',
];

/**
 * Where in AWS the process runs. EC2 comes first: a container on an instance is a container.
 *
 * Log groups that are given by hand stand alone: the exporter of the collector would prefer the ARNs
 * that a detector has found to names.
 */
export function awsDetectors(settings: Settings): StoppableDetectors {
  const { logGroups, resource, resourceVariables } = settings;
  const isGiven =
    logGroups.length > 0 || logAttributes.some((key) => resource[key] ?? resourceVariables[key]);
  const requests = new BackgroundRequests(LIMIT);
  const timer = setTimeout(() => requests.close(), LIMIT).unref();
  const asked = settings.isInstanceMetadataOff
    ? [awsEksDetector, awsEcsDetector, awsLambdaDetector]
    : [awsEc2Detector, awsEksDetector, awsEcsDetector, awsLambdaDetector];
  const detectors = asked.map((detector) => ({
    detect: () => {
      const { attributes = {} } = requests.run(() => detector.detect());
      const found = Object.entries(attributes);
      return {
        attributes: Object.fromEntries(
          isGiven ? found.filter(([key]) => !logAttributes.includes(key)) : found,
        ),
      };
    },
  }));
  return {
    detectors,
    stop: () => {
      clearTimeout(timer);
      requests.close();
    },
  };
}
