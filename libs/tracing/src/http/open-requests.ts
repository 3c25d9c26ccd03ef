import type { TracingApp } from '../span/tracing-app.js';

const open = new WeakMap<TracingApp, Set<() => void>>();

/** The ends of the requests of an app that are not answered yet. */
export function openRequests(app: TracingApp): Set<() => void> {
  let requests = open.get(app);
  if (requests === undefined) {
    requests = new Set();
    open.set(app, requests);
  }
  return requests;
}

/**
 * Ends the spans of requests that the app has cut off by closing (`forceCloseConnections`): its server
 * is closed before their responses hear of it, and by then nothing is exported any more.
 */
export function endOpenRequests(app: TracingApp): void {
  for (const end of openRequests(app)) end();
}
