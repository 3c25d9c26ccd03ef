import { context, trace } from '@opentelemetry/api';
import { DeferredSpan } from '../deferred-span.js';
import { requestScope } from './request-scope.js';
import { runningApps } from './running-apps.js';
import type { TracingApp } from '../tracing-app.js';

/**
 * The app for which something happens: the only one that runs, else that of the request or the span
 * under way, else the one that provides the class, or made the instance. Where none of this tells,
 * none.
 */
export function currentApp(type?: Function, instance?: object): TracingApp | undefined {
  const { only } = runningApps;
  if (only !== undefined) return only;
  const active = context.active();
  const answering = requestScope(active)?.app ?? appOfSpan(trace.getSpan(active));
  const apps = runningApps.all;
  if (answering !== undefined || apps.length < 2) return answering ?? apps[0];
  const providing = apps.filter((app) => type !== undefined && app.packageOf(type) !== undefined);
  if (providing.length < 2) return providing[0];
  return providing.find((app) => instance !== undefined && app.isMadeHere(instance));
}

function appOfSpan(span: unknown): TracingApp | undefined {
  const app = span instanceof DeferredSpan ? span.app : undefined;
  return app !== undefined && runningApps.has(app) ? app : undefined;
}
