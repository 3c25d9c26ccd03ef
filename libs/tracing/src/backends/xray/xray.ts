import { hostname } from 'node:os';
import type { ResourceDetector } from '@opentelemetry/resources';
import type { Backend } from '../backend.js';
import { segmentExporter } from './segment-exporter.js';

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
  adaptExporter: segmentExporter,
  logLines: {
    // The CloudWatch console finds the lines of a trace by this form, or by the 32 digits.
    furtherId: {
      name: 'xray_trace_id',
      of: (traceId) => `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`,
    },
    // X-Ray drops every other event.
    exceptionsOnly: true,
  },
};
