export { InjectTracer } from './nest/inject-tracer.decorator.js';
export { SpanAttribute } from './nest/span-attribute.decorator.js';
export { Traced, type TracedOptions } from './nest/traced.decorator.js';
export { TracedLogger } from './nest/traced-logger.js';
export { TracingError, type TracingErrorCode } from './nest/tracing.error.js';
export { TracingModule } from './nest/tracing.module.js';
export type { TracingLoggerOptions, TracingOptions } from './settings/tracing-options.js';
export { TracingSettingsError } from './settings/tracing-settings.error.js';
