/** The environment for a process that must not find itself in a test runner: there it records nothing. */
export function outsideOfTests(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inside = /^(VITEST.*|JEST_WORKER_ID|NODE_ENV|NODE_OPTIONS|OTEL_.*|TRACING_.*|TEST)$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !inside.test(name)));
}
