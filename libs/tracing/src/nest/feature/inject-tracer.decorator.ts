import { Scope, Inject } from '@nestjs/common';
import { INQUIRER, ModulesContainer } from '@nestjs/core';
import { DecoratorProviders } from '../decorators/decorator-providers.js';
import { FEATURE_NAMES, TRACING_APP, TRACER } from '../tokens.js';
import { tracingError } from '../tracing.error.js';
import type { TracingApp } from '../../span/tracing-app.js';

/** Providers of the tracers that `forFeature('name')` and `@InjectTracer('name')` ask for. */
export const namedTracers = new DecoratorProviders('the tracer of forFeature', (token, name) => ({
  provide: token,
  // Created for each class that injects it, so that the error can name that class.
  scope: Scope.TRANSIENT,
  useFactory: (app: TracingApp, modules: ModulesContainer, inquirer?: object) => {
    const known = registeredTracers(modules);
    if (known.includes(name)) return app.moduleTracer(name);
    const injectedInto = inquirer?.constructor.name ?? 'a provider';
    throw tracingError('TRACING_UNKNOWN_TRACER', name, injectedInto, known);
  },
  inject: [TRACING_APP, ModulesContainer, INQUIRER],
}));

/**
 * Returns the injection token of the tracer with a name.
 * @throws TracingError TRACING_EMPTY_NAME
 */
export function namedTracer(name: string, place: string): symbol {
  if (typeof name !== 'string' || name.trim() === '') {
    throw tracingError('TRACING_EMPTY_NAME', place);
  }
  return namedTracers.token(name);
}

function registeredTracers(modules: ModulesContainer): string[] {
  return [...modules.values()].flatMap(
    ({ providers }) => (providers.get(FEATURE_NAMES)?.instance ?? []) as readonly string[],
  );
}

/**
 * Injects an OpenTelemetry `Tracer`.
 *
 * Without a name, it is the tracer of the Nest module, which imports for example
 * `TracingModule.forFeature('orders')`: its instrumentation scope is `<service>/orders`. With a name, it is
 * the tracer of any `forFeature` of the app.
 *
 * @example `constructor(@InjectTracer() private readonly tracer: Tracer) {}`
 * @throws TracingError TRACING_EMPTY_NAME; when the app starts, TRACING_NO_FEATURE or
 *   TRACING_UNKNOWN_TRACER if there is no such tracer.
 */
export function InjectTracer(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(name === undefined ? TRACER : namedTracer(name, '@InjectTracer()'));
}
