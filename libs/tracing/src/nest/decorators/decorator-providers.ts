import type { Provider } from '@nestjs/common';

/**
 * Providers that decorators ask for by a name. A module that has them is to read them when Nest scans
 * it, not before: by then every decorator has run. All apps of the process share the names.
 */
export class DecoratorProviders {
  private readonly tokensOfNames = new Map<string, symbol>();

  constructor(
    private readonly what: string,
    private readonly provide: (token: symbol, name: string) => Provider,
  ) {}

  /** Returns the injection token for a name. Every app that is scanned from now on provides it. */
  token(name: string): symbol {
    const token = this.tokensOfNames.get(name) ?? Symbol(`nestjs-tracing: ${this.what} '${name}'`);
    this.tokensOfNames.set(name, token);
    return token;
  }

  get providers(): Provider[] {
    return [...this.tokensOfNames].map(([name, token]) => this.provide(token, name));
  }

  get tokens(): symbol[] {
    return [...this.tokensOfNames.values()];
  }
}
