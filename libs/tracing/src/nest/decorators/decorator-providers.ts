import type { Provider, Type } from '@nestjs/common';
import { processState, sharedSymbol } from '../../span/process-state.js';

/**
 * Providers that decorators ask for by a name. A module that has them is to read them when Nest scans
 * it, not before: by then every decorator has run. All apps of the process, and both builds of this
 * version, share the names.
 */
export class DecoratorProviders {
  private readonly names: Set<string>;

  constructor(
    private readonly what: string,
    private readonly provide: (token: symbol, name: string) => Provider,
  ) {
    this.names = processState(what, () => new Set<string>());
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
    return sharedSymbol(`${this.what} '${name}'`);
  }
}

/**
 * Stores a class under its name, and returns a function that returns the class that the other build of this
 * version has stored under that name. A process may load both builds, each with its own classes: an app of
 * one build also provides what is injected by the class of the other.
 */
export function classesOfOtherBuild<T>(name: string, own: Type<T>): () => readonly Type<T>[] {
  const classes = processState(`class ${name}`, () => new Set<Type<T>>());
  classes.add(own);
  return () => [...classes].filter((type) => type !== own);
}
