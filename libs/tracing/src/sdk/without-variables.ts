/** Runs a function that reads the environment by itself, with some variables hidden from it. */
export function withoutVariables<T>(names: readonly string[], run: () => T): T {
  const hidden = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  try {
    return run();
  } finally {
    for (const [name, value] of hidden) if (value !== undefined) process.env[name] = value;
  }
}
