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
 * Returns the resource attributes for log groups. ARNs take precedence over names, since they contain the
 * account and region. CloudWatch shows ARNs with `:*` at the end, which is removed here, because the exporter
 * of the collector would keep it.
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

/** The last schema in which RPC attributes have the names that backends read today. */
const schemaUrl = 'https://opentelemetry.io/schemas/1.37.0';

/**
 * Creates the resource: service, host, operating system and SDK. The process detector is not used, since it
 * would export the arguments, the command line and the owner of the process (rule 30).
 *
 * @param detectors detect the environment of the process
 */
export function createResource(
  settings: Settings,
  detectors: readonly ResourceDetector[] = [],
): Resource {
  const { hostDetectors } = backendOf(settings);
  const detected = detectResources({
    detectors: [serviceInstanceIdDetector, ...hostDetectors, ...detectors],
  });
  const given = resourceFromAttributes(
    {
      ...settings.resourceVariables,
      ...(settings.serviceVersion !== undefined && { 'service.version': settings.serviceVersion }),
      // A getter that throws must not make the start fail.
      ...readableAttributes(settings.resource),
      'service.name': settings.service,
      ...logGroupAttributes(settings.logGroups),
    },
    { schemaUrl },
  );
  return defaultResource().merge(detected).merge(given);
}
