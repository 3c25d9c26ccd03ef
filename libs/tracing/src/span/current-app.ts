import { context } from '@opentelemetry/api';
import { requestScope } from './request-scope.js';
import { runningApps } from './running-apps.js';
import type { TracingApp } from './tracing-app.js';

/**
 * The app for which something happens: that of the request under way, else the one whose modules
 * provide the class, else the one that runs. With several and no way to tell, none.
 */
export function currentApp(type?: Function): TracingApp | undefined {
  const answering = requestScope(context.active())?.app;
  if (answering !== undefined || runningApps.size === 0) return answering;
  let only: TracingApp | undefined;
  for (const app of runningApps) {
    if (type !== undefined && app.packageOf(type) !== undefined) return app;
    only = app;
  }
  return runningApps.size === 1 ? only : undefined;
}
