import { ProxyTracerProvider, type TracerProvider } from '@opentelemetry/api';
import { type Undo, patch } from '../app/patch.js';

/** The names under which a tracer provider was asked for tracers. */
export class ScopeNames {
  private readonly names = new Set<string>();
  private readonly listeners = new Set<(name: string) => void>();

  has(name: string): boolean {
    return this.names.has(name);
  }

  note(name: string): void {
    if (this.names.has(name)) return;
    this.names.add(name);
    for (const listener of this.listeners) listener(name);
  }

  /** Calls a function for each new name, until the function that it returns is called. */
  onNew(listener: (name: string) => void): Undo {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/**
 * The names under which a provider is asked for tracers. Every instrumentation asks for one of its own
 * name, wherever it is constructed: so those are known that make spans of what we trace.
 */
export class KnownScopes {
  /** Is told of each new name. */
  whenNew: ((name: string) => void) | undefined;
  private readonly given: ReadonlySet<string>;
  private readonly stopListening: Undo;

  /**
   * @param given the names of instrumentations that have their tracers by now
   * @param asked the names that a provider is asked for
   */
  constructor(
    given: Iterable<string> = [],
    private readonly asked = new ScopeNames(),
  ) {
    this.given = new Set(given);
    this.stopListening = asked.onNew((name) => this.whenNew?.(name));
  }

  has(name: string): boolean {
    return this.given.has(name) || this.asked.has(name);
  }

  stop(): void {
    this.stopListening();
  }
}

/** The names that third-party tracer providers were asked for. */
const namesOfProviders = new WeakMap<TracerProvider, ScopeNames>();

/** Notes the names that a third-party provider is asked for, until the function that it returns is called. */
export function noteScopeNames(given: TracerProvider): { readonly names: ScopeNames; stop: Undo } {
  // What is registered globally stands behind one of the API's own.
  const provider = given instanceof ProxyTracerProvider ? given.getDelegate() : given;
  const names = namesOfProviders.get(provider) ?? new ScopeNames();
  namesOfProviders.set(provider, names);
  const stop = patch(provider, 'getTracer', (getTracer) => (name, ...more) => {
    names.note(name);
    return getTracer.call(provider, name, ...more);
  });
  return { names, stop };
}
