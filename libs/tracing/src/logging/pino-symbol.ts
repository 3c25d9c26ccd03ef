/** The symbol under which pino keeps something in a logger, or in one that this is a child of. */
export function pinoSymbol(logger: object, description: string): symbol | undefined {
  for (
    let at: unknown = logger;
    typeof at === 'object' && at !== null;
    at = Object.getPrototypeOf(at)
  ) {
    const found = Object.getOwnPropertySymbols(at).find((one) => one.description === description);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What stands there. */
export function pinoSetting(logger: object, description: string): unknown {
  const symbol = pinoSymbol(logger, description);
  return symbol === undefined ? undefined : Reflect.get(logger, symbol);
}
