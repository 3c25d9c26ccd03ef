/**
 * Runs a function with some environment variables changed; `undefined` hides a variable. Used only for
 * constructors of OpenTelemetry that read variables for which they have no option.
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
