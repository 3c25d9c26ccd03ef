import {
  context,
  ProxyTracerProvider,
  trace,
  type Context,
  type Span,
  type SpanOptions,
  type TextMapPropagator,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { startActiveSpan } from '../record/tracer-provider.js';
import { providerOfOtherVersion } from '../span/deferred-span.js';
import { appOf } from '../app/running-apps.js';
import {
  requestedScopeNames,
  registeredTracerProvider,
  servingProviders,
  hasSeveralSdks,
  oldestSdk,
  sdkOf,
  type ServingSdk,
} from './sdk.js';

/*
 * The apps of a process share the globals of OpenTelemetry. The global tracer provider and propagator
 * therefore serve the app of the current request or span, else the oldest app. An app that closes has
 * nothing to hand over, and the API's proxy tracers, which keep their first delegate for ever, keep working.
 */

/** The providers of spans that third parties have started while several apps ran. */
const providersOfSpans = new WeakMap<Span, TracerProvider>();

function sdkFor(scope: Context, preferred?: TracerProvider): ServingSdk | undefined {
  if (!hasSeveralSdks()) return oldestSdk();
  return sdkOf(providerOf(scope)) ?? sdkOf(preferred) ?? oldestSdk();
}

function providerOf(scope: Context): TracerProvider | undefined {
  const span = trace.getSpan(scope);
  return (
    appOf(scope)?.tracerProvider ??
    providerOfOtherVersion(span) ??
    (span && providersOfSpans.get(span))
  );
}

interface Flushable extends TracerProvider {
  forceFlush?(): Promise<void>;
}

/**
 * A tracer provider whose tracers start each span with that of an app.
 *
 * @param preferred the provider of spans that belong to no app. @default that of the oldest app
 */
export class RoutingTracerProvider implements TracerProvider {
  constructor(private readonly preferred?: TracerProvider) {}

  /** Exports the ended spans of all apps. Some integrations call this, for example before AWS Lambda freezes a process. */
  async forceFlush(): Promise<void> {
    const flushable = this.preferred === undefined ? servingProviders() : [this.preferred];
    await Promise.all(flushable.map((provider) => (provider as Flushable).forceFlush?.()));
  }

  getTracer(...asked: Parameters<TracerProvider['getTracer']>): Tracer {
    if (this.preferred === undefined) requestedScopeNames.note(asked[0]);
    return new RoutingTracer(asked, this.preferred);
  }
}

const nothing = new ProxyTracerProvider();

class RoutingTracer implements Tracer {
  private provider: TracerProvider | undefined;
  private tracer: Tracer | undefined;

  constructor(
    private readonly asked: Parameters<TracerProvider['getTracer']>,
    private readonly preferred: TracerProvider | undefined,
  ) {}

  startSpan(name: string, options?: SpanOptions, scope = context.active()): Span {
    const sdk = sdkFor(scope, this.preferred);
    // After the last app, a third party may have registered a provider.
    const provider = sdk?.tracerProvider ?? registeredTracerProvider() ?? nothing;
    const span = this.tracerOf(provider).startSpan(name, options, scope);
    if (hasSeveralSdks()) providersOfSpans.set(span, provider);
    return span;
  }

  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...args: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
  ): ReturnType<F> {
    return startActiveSpan(this, name, args);
  }

  private tracerOf(provider: TracerProvider): Tracer {
    if (provider !== this.provider || this.tracer === undefined) {
      this.provider = provider;
      this.tracer = provider.getTracer(...this.asked);
    }
    return this.tracer;
  }
}

/** The tracer provider that this library registers globally. */
export const globalTracerProvider: TracerProvider = new RoutingTracerProvider();

/** The propagator that this library registers globally. It uses the headers of the current app. */
export const globalPropagator: TextMapPropagator = {
  inject: (scope, carrier, setter) => sdkFor(scope)?.propagator.inject(scope, carrier, setter),
  extract: (scope, carrier, getter) =>
    sdkFor(scope)?.propagator.extract(scope, carrier, getter) ?? scope,
  fields: () => sdkFor(context.active())?.propagator.fields() ?? [],
};
