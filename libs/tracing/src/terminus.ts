export { TracingHealthIndicator } from './nest/health/tracing-health.indicator.js';
export type { TracingHealthResult } from './nest/health/tracing-health.indicator.js';
