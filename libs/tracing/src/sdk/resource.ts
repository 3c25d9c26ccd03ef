import type { Attributes } from '@opentelemetry/api';
import {
  defaultResource,
  detectResources,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  type Resource,
  type ResourceDetector,
} from '@opentelemetry/resources';
import { backendOf } from '../backends/backends.js';
import { isLogGroupArn } from '../options/checks.js';
import type { Settings } from '../options/settings.js';
import { readableAttributes } from '../span/attributes.js';

/**
 * The log groups on the resource. ARNs say also in which account and region they are, and go before the
 * names. CloudWatch shows them with `:*` at their ends, which the exporter of the collector would keep.
 */
function logGroupAttributes(logGroups: readonly string[]): Attributes {
  if (logGroups.length === 0) return {};
  const arns = logGroups.filter(isLogGroupArn).map((arn) => arn.replace(/:\*$/, ''));
  return {
    'aws.log.group.names': logGroups.map(
      (group) => /^arn:.*:log-group:([^:]+)/.exec(group)?.[1] ?? group,
    ),
    ...(arns.length > 0 && { 'aws.log.group.arns': arns }),
  };
}

/** The last schema in which the RPC attributes have the names that backends read today. */
const schemaUrl = 'https://opentelemetry.io/schemas/1.37.0';

/**
 * Who makes the spans: service, host, operating system and SDK. The process detector is left out:
 * it would send the arguments, the command line and the owner of the process (rule 30).
 *
 * @param surroundings detectors of where the process runs
 */
export function createResource(
  settings: Settings,
  surroundings: readonly ResourceDetector[] = [],
): Resource {
  const { hostDetectors } = backendOf(settings);
  const detected = detectResources({
    detectors: [serviceInstanceIdDetector, ...hostDetectors, ...surroundings],
  });
  const given = resourceFromAttributes(
    {
      ...settings.resourceVariables,
      ...(settings.serviceVersion !== undefined && { 'service.version': settings.serviceVersion }),
      // What throws when it is read would stop the start.
      ...readableAttributes(settings.resource),
      'service.name': settings.service,
      ...logGroupAttributes(settings.logGroups),
    },
    { schemaUrl },
  );
  return defaultResource().merge(detected).merge(given);
}
