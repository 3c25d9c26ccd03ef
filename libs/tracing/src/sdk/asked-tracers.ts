import { ProxyTracerProvider, type Tracer, type TracerProvider } from '@opentelemetry/api';

/**
 * The names under which a provider is asked for tracers. Every instrumentation asks for one of its own
 * name, wherever it is constructed: so those are known that make spans of what we trace.
 */
export class AskedTracers {
  /** Is told of each new name. */
  whenNew: ((name: string) => void) | undefined;
  private readonly names: Set<string>;

  /** @param known names that were asked for before */
  constructor(known: Iterable<string> = []) {
    this.names = new Set(known);
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  /**
   * Listens to a provider, until the function that it gives back is called.
   * @param handOut what whoever asks gets for a tracer; by default the tracer itself
   */
  listen(given: TracerProvider, handOut = (tracer: Tracer): Tracer => tracer): () => void {
    // What is registered globally stands behind one of the API's own.
    const provider = given instanceof ProxyTracerProvider ? given.getDelegate() : given;
    const { getTracer } = provider;
    const noting: TracerProvider['getTracer'] = (name, ...more) => {
      if (!this.names.has(name)) {
        this.names.add(name);
        this.whenNew?.(name);
      }
      return handOut(getTracer.call(provider, name, ...more));
    };
    provider.getTracer = noting;
    return () => {
      if (provider.getTracer === noting) provider.getTracer = getTracer;
    };
  }
}
