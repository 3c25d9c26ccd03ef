/**
 * What the one who started the demo has set for programs of his own (tracing, a test runner, npm)
 * must not change what the demo shows.
 */
const FOREIGN =
  /^(OTEL_|TRACING_|AUTOTEL_|VITEST|npm_|(JEST_WORKER_ID|NODE_ENV|LISTEN_HOST|(ORDERS|INVENTORY|PAYMENTS)_URL)$)/;

/** The environment of a process of the demo. */
export function childEnvironment(
  env: NodeJS.ProcessEnv,
  extra: Record<string, string | number> = {},
): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !FOREIGN.test(name));
  const added = Object.entries(extra).map(([name, value]) => [name, String(value)]);
  // Behind a company proxy grpc-js would send even loopback calls there.
  const direct = [env['no_proxy'] ?? env['NO_PROXY'], '127.0.0.1', 'localhost']
    .filter(Boolean)
    .join(',');
  return { ...Object.fromEntries(kept), no_proxy: direct, ...Object.fromEntries(added) };
}
