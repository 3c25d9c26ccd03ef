import { context, trace, type Context } from '@opentelemetry/api';
import { DeferredSpan } from '../span/deferred-span.js';
import { requestScope } from '../span/request-scope.js';
import { runningApps } from './running-apps.js';
import type { TracingApp } from '../span/tracing-app.js';

/**
 * Returns the app to which the current work belongs: the only running app, else that of the active request
 * or span, else the one that provides the class or created the instance. Undefined if none of these
 * decides.
 */
export function currentApp(type?: Function, instance?: object): TracingApp | undefined {
  const { only } = runningApps;
  if (only !== undefined) return only;
  const active = appOf(context.active());
  const apps = runningApps.all;
  if (active !== undefined) return active;
  if (apps.length < 2 && !runningApps.hasOtherVersions) return apps[0];
  const providing = apps.filter((app) => type !== undefined && app.moduleOf(type) !== undefined);
  if (providing.length < 2) return providing[0];
  return providing.find((app) => instance !== undefined && app.isMadeHere(instance));
}

/** Returns the running app to which the request or the span of a context belongs; undefined if unknown. */
export function appOf(context: Context): TracingApp | undefined {
  const app = requestScope(context)?.app ?? appOfSpan(trace.getSpan(context));
  return app !== undefined && runningApps.has(app) ? app : undefined;
}

/** Returns the app that created a span, running or not; undefined for a third-party span. */
export function appOfSpan(span: unknown): TracingApp | undefined {
  return span instanceof DeferredSpan ? span.app : undefined;
}
