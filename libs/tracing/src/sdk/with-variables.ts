/**
 * Runs a function that reads the environment by itself, with some variables set otherwise for it;
 * `undefined` hides one. Only for constructors of OpenTelemetry that take no option in their place.
 */
export function withVariables<T>(
  variables: Readonly<Record<string, string | undefined>>,
  run: () => T,
): T {
  const names = Object.keys(variables);
  const before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  set(variables);
  try {
    return run();
  } finally {
    set(before);
  }
}

function set(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
