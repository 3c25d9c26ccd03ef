/** Finds the symbol under which pino stores a setting in a logger or in its parents. */
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

/** Reads a setting that pino stores in a logger under a symbol of this description. */
export function pinoSetting(logger: object, description: string): unknown {
  const symbol = pinoSymbol(logger, description);
  return symbol === undefined ? undefined : Reflect.get(logger, symbol);
}
