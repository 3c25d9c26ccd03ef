import type { TracingApp } from './tracing-app.js';

/** One set for the process, shared by both builds of this package, should it load them both. */
const key = Symbol.for('nestjs-tracing.apps');
const state = globalThis as { [key]?: Set<TracingApp> };

export const runningApps: Set<TracingApp> = (state[key] ??= new Set());

/** The app that runs, where there is exactly one. */
export function theRunningApp(): TracingApp | undefined {
  if (runningApps.size !== 1) return undefined;
  for (const app of runningApps) return app;
  return undefined;
}
