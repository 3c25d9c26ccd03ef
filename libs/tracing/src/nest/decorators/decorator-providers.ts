import type { Provider } from '@nestjs/common';

/**
 * Providers that decorators ask for by a name. A module that has them is to read them when Nest scans
 * it, not before: by then every decorator has run. All apps of the process, and both builds of this
 * package, share the names.
 */
export class DecoratorProviders {
  private readonly names: Set<string>;

  constructor(
    private readonly what: string,
    private readonly provide: (token: symbol, name: string) => Provider,
  ) {
    const key = Symbol.for(`nestjs-tracing.${what}`);
    const state = globalThis as { [key]?: Set<string> };
    this.names = state[key] ??= new Set();
  }

  /** Returns the injection token for a name. Every app that is scanned from now on provides it. */
  token(name: string): symbol {
    this.names.add(name);
    return this.tokenOf(name);
  }

  get providers(): Provider[] {
    return [...this.names].map((name) => this.provide(this.tokenOf(name), name));
  }

  get tokens(): symbol[] {
    return [...this.names].map((name) => this.tokenOf(name));
  }

  private tokenOf(name: string): symbol {
    return Symbol.for(`nestjs-tracing: ${this.what} '${name}'`);
  }
}
