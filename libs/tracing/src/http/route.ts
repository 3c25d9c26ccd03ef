import { context } from '@opentelemetry/api';
import { requestScope } from '../span/request-scope.js';

/**
 * Names the server span by the route that the router found, as `GET /orders/:id` (rule 10). The
 * attribute waits for the end of the request: the route may turn out to be for another host or
 * version, and no attribute can be taken back.
 */
export function nameByRoute(route: string): void {
  const request = requestScope(context.active());
  if (request?.method === undefined || !request.serverSpan.isRecording()) return;
  request.serverSpan.updateName(`${request.method} ${route}`);
  if (request.isOurs === true) request.route = route;
  else request.serverSpan.setAttribute('http.route', route);
}

/** No route was for the request after all. */
export function nameWithoutRoute(): void {
  const request = requestScope(context.active());
  if (request?.method === undefined || request.route === undefined) return;
  request.serverSpan.updateName(request.method);
  request.route = undefined;
}
