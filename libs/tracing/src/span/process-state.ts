/** The version of this package, on the scope of its spans. A test compares it with package.json. */
export const VERSION = '0.1.0';

/**
 * Returns a symbol that both builds (ES modules and CommonJS) of this version share. Other versions of this
 * package in the process have a different one, because they may expect other members behind it.
 */
export function sharedSymbol(name: string): symbol {
  return Symbol.for(sharedName(name));
}

/** Returns a name that is unique to this version, for a context key: the API makes it a global symbol. */
export function sharedName(name: string): string {
  return `nestjs-tracing ${VERSION}: ${name}`;
}

const key: unique symbol = Symbol.for(`nestjs-tracing ${VERSION}`) as never;
const state = ((globalThis as { [key]?: Record<string, unknown> })[key] ??= {});

/** Returns the state of this name. Both builds of this version share it; the first one creates it. */
export function processState<T>(name: string, create: () => T): T {
  return (state[name] ??= create()) as T;
}
