import type { Attributes } from '@opentelemetry/api';
import { isLogGroupArn } from '../settings/checks.js';

/**
 * The log groups on the resource. ARNs say also in which account and region they are, and go before the
 * names. CloudWatch shows them with `:*` at their ends, which the exporter of the collector would keep.
 */
export function logGroupAttributes(logGroups: readonly string[]): Attributes {
  if (logGroups.length === 0) return {};
  const arns = logGroups.filter(isLogGroupArn).map((arn) => arn.replace(/:\*$/, ''));
  return {
    'aws.log.group.names': logGroups.map(
      (group) => /^arn:.*:log-group:([^:]+)/.exec(group)?.[1] ?? group,
    ),
    ...(arns.length > 0 && { 'aws.log.group.arns': arns }),
  };
}
