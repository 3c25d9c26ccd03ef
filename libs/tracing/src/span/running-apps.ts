import type { TracingApp } from './tracing-app.js';

/** One set for the process, shared by both builds of this package, should it load them both. */
const key = Symbol.for('nestjs-tracing.apps');
const state = globalThis as { [key]?: Set<TracingApp> };

export const runningApps: Set<TracingApp> = (state[key] ??= new Set());
