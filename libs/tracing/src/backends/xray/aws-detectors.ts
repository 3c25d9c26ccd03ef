import {
  awsEc2Detector,
  awsEcsDetector,
  awsEksDetector,
  awsLambdaDetector,
} from '@opentelemetry/resource-detector-aws';
import type { Settings } from '../../options/settings.js';
import { BackgroundRequests } from './background-requests.js';
import type { StoppableDetectors } from '../backend.js';

/** The time limit of detection, in milliseconds: metadata services answer at once or never. */
const LIMIT = 1000;

/** The attributes for logs that detectors set, from the `awslogs` driver or the Lambda function. */
const logAttributes = [
  'aws.log.group.names',
  'aws.log.group.arns',
  'aws.log.stream.names',
  'aws.log.stream.arns',
];

/**
 * Creates the detectors for where in AWS the process runs. EC2 is first, so that in a container on an
 * instance, the attributes of the container win.
 *
 * If log groups are configured, detected ones are left out: the exporter of the collector would prefer
 * detected ARNs to configured names.
 */
export function awsDetectors(settings: Settings): StoppableDetectors {
  const { logGroups, resource, resourceVariables } = settings;
  const isConfigured =
    logGroups.length > 0 || logAttributes.some((key) => resource[key] ?? resourceVariables[key]);
  const requests = new BackgroundRequests(LIMIT);
  const timer = setTimeout(() => requests.close(), LIMIT).unref();
  const used = settings.isInstanceMetadataOff
    ? [awsEksDetector, awsEcsDetector, awsLambdaDetector]
    : [awsEc2Detector, awsEksDetector, awsEcsDetector, awsLambdaDetector];
  const detectors = used.map((detector) => ({
    detect: () => {
      const { attributes = {} } = requests.run(() => detector.detect());
      const found = Object.entries(attributes);
      return {
        attributes: Object.fromEntries(
          isConfigured ? found.filter(([key]) => !logAttributes.includes(key)) : found,
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
