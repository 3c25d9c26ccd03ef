import { freePort } from '@shop/otlp/free-port';
import { fileURLToPath } from 'node:url';
import type { Span } from '@shop/otlp';
import { TracedApp, type TracedAppOptions } from './traced-app.ts';
import { tree } from './tree.ts';

/** The fixture that makes gRPC calls to itself, or to where `GRPC_TARGET` says. */
export async function startCallsApp(
  env: TracedAppOptions['env'] = {},
  fixture = 'grpc-calls-app',
  node: TracedAppOptions['node'] = [],
): Promise<TracedApp> {
  const PROTO = fileURLToPath(new URL('../fixtures/calls.proto', import.meta.url));
  const GRPC_URL = env['GRPC_URL'] ?? `127.0.0.1:${await freePort()}`;
  return TracedApp.start(fixture, { env: { PROTO, ...env, GRPC_URL }, node });
}

/** The trees below the requests that made the calls, without times and ports. */
export function calls(...traces: readonly (readonly Span[])[]): string {
  const below = traces.map((spans) => tree(spans).trim().split('\n').slice(1).join('\n'));
  return `\n${below.join('\n').replace(/Deadline exceeded after.*/g, 'Deadline exceeded after ...')}\n`;
}

/** The attributes that begin in one of these ways. */
export function attributesOf(
  spans: readonly Span[],
  kind: Span['kind'],
  ...keys: readonly string[]
): Span['attributes'] {
  const span = spans.find((one) => one.kind === kind && one.name.startsWith('calls.'));
  const found = Object.entries(span?.attributes ?? {});
  return Object.fromEntries(found.filter(([key]) => keys.some((begin) => key.startsWith(begin))));
}
