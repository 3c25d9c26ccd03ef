import { context } from '@opentelemetry/api';
import { requestScope } from '../span/request-scope.js';

/** Names the server span by the route that the router found, as `GET /orders/:id` (rule 10). */
export function nameByRoute(route: string): void {
  const request = requestScope(context.active());
  if (request?.method === undefined || !request.serverSpan.isRecording()) return;
  request.serverSpan.updateName(`${request.method} ${route}`);
  request.serverSpan.setAttribute('http.route', route);
}
