import type { DemoOptions } from './demo-options.ts';
import type { Narrator } from './narrator.ts';
import type { Viewer } from './viewer.ts';

/** Where to look, and what to try. */
export function showLinks(
  gateway: string,
  viewer: Viewer | undefined,
  { endpoint, json, logs }: Pick<DemoOptions, 'endpoint' | 'json' | 'logs'>,
  narrator: Narrator,
): void {
  const order = JSON.stringify({ sku: 'teapot', quantity: 1, card: '4242424242424242' });
  narrator.line();
  if (viewer) narrator.line(`viewer   ${viewer.page} (takes OTLP/gRPC at ${viewer.otlp})`);
  if (endpoint) narrator.line(`sent to  ${endpoint}`);
  if (json) narrator.line(`written  ${json}`);
  if (logs) narrator.line(`logs     ${logs}`);
  narrator.line(`gateway  ${gateway}`);
  narrator.line(
    `try      curl -s ${gateway}/orders -H 'content-type: application/json' -d '${order}'`,
  );
}
