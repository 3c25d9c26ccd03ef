import { context, trace, type Context } from '@opentelemetry/api';
import { DeferredSpan } from '../span/deferred-span.js';
import { requestScope } from '../span/request-scope.js';
import { runningApps } from './running-apps.js';
import type { TracingApp } from '../span/tracing-app.js';

/**
 * The app for which something happens: the only one that runs, else that of the request or the span
 * under way, else the one that provides the class, or made the instance. Where none of this tells,
 * none.
 */
export function currentApp(type?: Function, instance?: object): TracingApp | undefined {
  const { only } = runningApps;
  if (only !== undefined) return only;
  const answering = appOf(context.active());
  const apps = runningApps.all;
  if (answering !== undefined || apps.length < 2) return answering ?? apps[0];
  const providing = apps.filter((app) => type !== undefined && app.moduleOf(type) !== undefined);
  if (providing.length < 2) return providing[0];
  return providing.find((app) => instance !== undefined && app.isMadeHere(instance));
}

/** The running app to which the request or the span of a context belongs; undefined where that is not known. */
export function appOf(context: Context): TracingApp | undefined {
  const app = requestScope(context)?.app ?? appOfSpan(trace.getSpan(context));
  return app !== undefined && runningApps.has(app) ? app : undefined;
}

/** The app whose span it is, running or not; undefined for the span of a third party. */
export function appOfSpan(span: unknown): TracingApp | undefined {
  return span instanceof DeferredSpan ? span.app : undefined;
}
