export { InjectTracer } from './nest/decorators/inject-tracer.decorator.js';
export { SpanAttribute } from './nest/decorators/span-attribute.decorator.js';
export { Traced } from './nest/decorators/traced.decorator.js';
export type { TracedOptions } from './nest/decorators/traced-options.js';
export { TracedLogger } from './nest/logger/traced-logger.js';
export { TracingError, type TracingErrorCode } from './nest/tracing.error.js';
export { TracingModule } from './nest/tracing.module.js';
export type { TracingLoggerOptions, TracingOptions } from './settings/tracing-options.js';
export { TracingSettingsError } from './settings/tracing-settings.error.js';
