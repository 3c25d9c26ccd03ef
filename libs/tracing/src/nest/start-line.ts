import type { NestTracingApp } from './nest-tracing-app.js';

/** What is on, in one line (rule 25). */
export function startLine({ settings, sdk }: NestTracingApp): string {
  if (settings.backend === 'none') {
    return `Tracing is off for ${settings.service} (backend none): incoming traces pass through.`;
  }
  const where = sdk.isForeign
    ? 'with the tracer provider that was registered before; no exporter of ours is started'
    : `to ${settings.endpoint} (${settings.backend})`;
  const { sampling } = settings;
  const howMuch = typeof sampling === 'object' ? sampling.toString() : String(sampling);
  return `Tracing ${settings.service} ${where}, sampling ${howMuch}.`;
}
