import {
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
  TraceFlags,
  type Context,
  type Link,
} from '@opentelemetry/api';
import type { Settings } from '../../settings/settings.js';
import { callUsersFunction } from '../call-users-function.js';
import type { TracingApp } from '../tracing-app.js';
import { isParentless } from './parentless.js';
import { undecidedContext } from './undecided-context.js';

/** Below what a server span is made, and what it is linked to. */
export interface Incoming {
  readonly parent: Context;
  readonly links?: Link[];
}

/**
 * What becomes of the context that a caller sent: it goes on, unless `publicEndpoint` says that
 * callers are strangers (rule 27). Then their sampled flag and their baggage are not taken over.
 *
 * @param request makes what a `publicEndpoint` function is asked about
 */
export function incoming(app: TracingApp, extracted: Context, request: () => unknown): Incoming {
  if (app.settings.publicEndpoint === false || extracted === ROOT_CONTEXT) {
    return { parent: extracted };
  }
  const answer = publicness(app, app.settings.publicEndpoint, request);
  if (answer === false) return { parent: extracted };
  const caller = trace.getSpanContext(extracted);
  if (caller === undefined) return { parent: ROOT_CONTEXT };
  const isSpan = isSpanContextValid(caller);
  if (!isSpan && !isParentless(extracted)) return { parent: ROOT_CONTEXT };
  // Below a provider of somebody else's, the sampler is not ours to be asked as for a root.
  if (answer === 'keep-id' && !app.isGuest) {
    return { parent: undecidedContext({ ...caller, traceFlags: TraceFlags.NONE }) };
  }
  return { parent: ROOT_CONTEXT, ...(isSpan && { links: [{ context: caller }] }) };
}

/** What is no clear answer counts as `true`: the careful one. */
function publicness(
  app: TracingApp,
  setting: Settings['publicEndpoint'],
  request: () => unknown,
): boolean | 'keep-id' {
  const answer =
    typeof setting === 'function'
      ? callUsersFunction(app, "'publicEndpoint'", setting, [request()])
      : setting;
  return answer === false || answer === 'keep-id' ? answer : true;
}
