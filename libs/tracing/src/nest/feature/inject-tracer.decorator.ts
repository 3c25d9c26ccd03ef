import { Inject } from '@nestjs/common';
import { TRACER } from '../tokens.js';
import { namedTracer } from './named-tracers.js';

/**
 * Injects an OpenTelemetry `Tracer`.
 *
 * Without a name it is the tracer of the Nest module, as its `TracingModule.forFeature('orders')`
 * says: scope `<service>/orders`. With a name it is the tracer of any `forFeature` of the app.
 *
 * @throws TracingError TRACING_EMPTY_NAME; and when the app starts, TRACING_NO_FEATURE or
 *   TRACING_UNKNOWN_TRACER where there is no such tracer.
 */
export function InjectTracer(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(name === undefined ? TRACER : namedTracer(name, '@InjectTracer()'));
}
