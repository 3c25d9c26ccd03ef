import { ProxyTracerProvider, type TracerProvider } from '@opentelemetry/api';
import { type Undo, patch } from '../app/patch.js';

/** The scope names for which tracers were requested from a tracer provider. */
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
 * The instrumentation scopes that a provider has tracers for. Each instrumentation requests a tracer with its
 * own name, wherever it is constructed, so this reveals the instrumentations of what this library traces.
 */
export class KnownScopes {
  /** Called with each new name. */
  whenNew: ((name: string) => void) | undefined;
  private readonly given: ReadonlySet<string>;
  private readonly stopListening: Undo;

  /**
   * @param given the names of instrumentations that already have their tracers
   * @param asked the names for which tracers are requested from a provider
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

/** The scope names for which tracers were requested from third-party tracer providers. */
const namesOfProviders = new WeakMap<TracerProvider, ScopeNames>();

/** Collects the scope names that a third-party provider gets, until the returned function is called. */
export function noteScopeNames(given: TracerProvider): { readonly names: ScopeNames; stop: Undo } {
  // The API wraps the registered provider in one of its own.
  const provider = given instanceof ProxyTracerProvider ? given.getDelegate() : given;
  const names = namesOfProviders.get(provider) ?? new ScopeNames();
  namesOfProviders.set(provider, names);
  const stop = patch(provider, 'getTracer', (getTracer) => (name, ...more) => {
    names.note(name);
    return getTracer.call(provider, name, ...more);
  });
  return { names, stop };
}
