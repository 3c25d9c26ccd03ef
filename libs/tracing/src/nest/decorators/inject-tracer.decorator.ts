import { Inject } from '@nestjs/common';
import { namedTracer, TRACER } from '../tokens.js';

/**
 * Injects an OpenTelemetry `Tracer`.
 *
 * Without a name it is the tracer of the Nest module, as its `TracingModule.forFeature('orders')`
 * says: scope `<service>/orders`. With a name it is the tracer of any `forFeature` of the app.
 */
export function InjectTracer(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(name === undefined ? TRACER : namedTracer(name));
}
