import { context } from '@opentelemetry/api';
import { requestScope } from '../span/request-scope.js';

/**
 * Names the server span by the matched route, such as `GET /orders/:id` (rule 10). The attribute is set
 * when the request ends: the route may turn out to be for another host or version, and an attribute
 * cannot be removed.
 */
export function nameByRoute(route: string): void {
  const request = requestScope(context.active());
  if (request?.method === undefined || !request.serverSpan.isRecording()) return;
  request.serverSpan.updateName(`${request.method} ${route}`);
  if (request.isOurs === true) request.route = route;
  else request.serverSpan.setAttribute('http.route', route);
}

/** Removes the route from the name of the server span, because no route handled the request. */
export function nameWithoutRoute(): void {
  const request = requestScope(context.active());
  if (request?.method === undefined || request.route === undefined) return;
  request.serverSpan.updateName(request.method);
  request.route = undefined;
}
