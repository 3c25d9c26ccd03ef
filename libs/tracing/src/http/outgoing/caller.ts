import { context, ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { currentApp } from '../../span/app/current-app.js';
import type { TracingApp } from '../../span/tracing-app.js';

/** Who makes a call, and in which context. */
export interface Caller {
  readonly app: TracingApp;
  readonly context: Context;
}

/**
 * The one who makes the call at hand; undefined where there is nothing to record or to carry, and where
 * tracing is suppressed: so are the exporters of OpenTelemetry, which would trace themselves for ever.
 */
export function currentCaller(): Caller | undefined {
  const app = currentApp();
  if (app === undefined) return undefined;
  const active = context.active();
  if (active === ROOT_CONTEXT ? !app.recordsRoots : isTracingSuppressed(active)) return undefined;
  return { app, context: active };
}
