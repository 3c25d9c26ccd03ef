import {
  defaultResource,
  detectResources,
  envDetector,
  hostDetector,
  osDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  type Resource,
} from '@opentelemetry/resources';
import type { Settings } from '../settings/settings.js';

/** The last schema in which the RPC attributes have the names that backends read today. */
const schemaUrl = 'https://opentelemetry.io/schemas/1.37.0';

/**
 * Who makes the spans: service, host, operating system and SDK. The process detector is left out:
 * it would send the arguments, the command line and the owner of the process (rule 30).
 */
export function createResource(settings: Settings): Resource {
  const detected = detectResources({
    detectors: [serviceInstanceIdDetector, hostDetector, osDetector, envDetector],
  });
  const given = resourceFromAttributes(
    {
      ...(settings.serviceVersion !== undefined && { 'service.version': settings.serviceVersion }),
      ...settings.resource,
      'service.name': settings.service,
      ...(settings.logGroups.length > 0 && { 'aws.log.group.names': [...settings.logGroups] }),
    },
    { schemaUrl },
  );
  return defaultResource().merge(detected).merge(given);
}
