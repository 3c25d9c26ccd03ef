export type { EnableOptions, TracingStatus } from './nest/control/sampling-control.js';
export type { TracingControlOptions } from './nest/control/tracing-control.module.js';
export { TracingControlModule } from './nest/control/tracing-control.module.js';
export { TracingControl } from './nest/control/tracing-control.js';
export { CurrentSpan } from './nest/decorators/current-span.decorator.js';
export { InjectTracer } from './nest/feature/inject-tracer.decorator.js';
export { SpanAttribute } from './nest/decorators/span-attribute.decorator.js';
export { Traced, Untraced } from './nest/decorators/traced.decorator.js';
export type { TracedOptions } from './nest/decorators/traced-options.js';
export { InjectTracedLogger, TracedLogger } from './nest/logger/traced-logger.js';
export { TracingError, type TracingErrorCode } from './nest/tracing.error.js';
export { TracingService } from './nest/tracing.service.js';
export type { TracingHealth } from './sdk/export/export-health.js';
export { TracingModule } from './nest/tracing.module.js';
export type {
  TracingLoggerOptions,
  TracingOptions,
  TracingState,
} from './options/tracing-options.js';
export { TracingSettingsError } from './options/settings-errors.js';
