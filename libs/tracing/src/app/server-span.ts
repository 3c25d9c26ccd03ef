import {
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  TraceFlags,
  type Context,
  type Link,
  type Span,
  type TextMapGetter,
} from '@opentelemetry/api';
import type { Settings } from '../options/settings.js';
import {
  extractContext,
  forcedContext,
  ignoredContext,
  isTraceIdOnly,
  deferredSamplingContext,
} from '../propagation/remote-parent.js';
import { callUsersFunction } from '../span/user-code.js';
import type { DeferredSpan } from '../span/deferred-span.js';
import { keepRequest } from '../span/request-scope.js';
import { withRequestScope, type RequestScope } from '../span/scope.js';
import type { TracingApp } from '../span/tracing-app.js';
import { startCallSpan, type CallSpan } from './call-span.js';

/** A server call: an HTTP request, a gRPC call or a message that the process receives. */
export interface ServerCall<Carrier> {
  /** The carrier of the received headers, and its getter. */
  readonly carrier: Carrier;
  readonly getter: TextMapGetter<Carrier>;
  /** Returns the argument of a `publicEndpoint` function. */
  readonly publicEndpointArgument: () => unknown;
  /** Whether the call gets no span (rule 29). */
  readonly isIgnored?: () => boolean;
  /** @default SpanKind.SERVER */
  readonly kind?: SpanKind;
  readonly name: string;
  /** The method that starts the name of the span, such as `GET`, if the protocol has one. */
  readonly method?: string;
  readonly attributes: CallSpan['attributes'];
  /** The object that Nest passes to guards, handlers and filters, by which the call is found. */
  readonly host?: unknown;
}

/** A server call that has started. */
export interface StartedServerCall {
  /** The context in which the call is handled. */
  readonly scope: Context;
  /** The server span, and the state of the call. Undefined if the call is ignored. */
  readonly span?: DeferredSpan;
  readonly request?: RequestScope;
}

/**
 * Starts the server span of a call, for all protocols. Returns undefined if the caller sent no context and
 * nothing is recorded: then there is nothing to propagate (rule 26).
 */
export function startServerSpan<Carrier>(
  app: TracingApp,
  call: ServerCall<Carrier>,
): StartedServerCall | undefined {
  const extracted = extractContext(app.propagator, ROOT_CONTEXT, call.carrier, call.getter);
  const { parent, links } = startingPoint(app, extracted, call.publicEndpointArgument);
  const isForced = app.forcedRequests?.includes(call.carrier, call.getter) === true;
  if (parent === ROOT_CONTEXT && !app.samplesNewTraces && !isForced) return undefined;
  if (!isForced && call.isIgnored?.() === true) return { scope: ignoredScope(app, parent) };
  const { kind = SpanKind.SERVER, name, method, attributes, host } = call;
  const span = startCallSpan(app, {
    kind,
    name,
    links,
    attributes,
    parent: isForced ? forcedContext(parent) : parent,
  });
  const request: RequestScope = { app, serverSpan: span, isOurs: true, method };
  keepRequest(host, request);
  return { scope: withRequestScope(span.activate(), request), span, request };
}

/** The parent context of a server span, and its links. */
interface StartingPoint {
  readonly parent: Context;
  readonly links?: Link[];
}

/**
 * Decides how the context that a caller sent is used. It becomes the parent, unless `publicEndpoint` says
 * that callers are not trusted (rule 27): then their sampled flag and baggage are not adopted.
 */
function startingPoint(
  app: TracingApp,
  extracted: Context,
  publicEndpointArgument: () => unknown,
): StartingPoint {
  if (app.settings.publicEndpoint === false || extracted === ROOT_CONTEXT) {
    return { parent: extracted };
  }
  const answer = readPublicEndpoint(app, app.settings.publicEndpoint, publicEndpointArgument);
  if (answer === false) return { parent: extracted };
  const caller = trace.getSpanContext(extracted);
  if (caller === undefined) return { parent: ROOT_CONTEXT };
  const isSpan = isSpanContextValid(caller);
  if (!isSpan && !isTraceIdOnly(extracted)) return { parent: ROOT_CONTEXT };
  // An external provider's sampler does not know the deferred sampling decision.
  if (answer === 'keep-id' && !app.hasExternalProvider) {
    return { parent: deferredSamplingContext({ ...caller, traceFlags: TraceFlags.NONE }) };
  }
  return { parent: ROOT_CONTEXT, ...(isSpan && { links: [{ context: caller }] }) };
}

/** Evaluates `publicEndpoint`. Any unexpected result counts as `true`, the safe choice. */
function readPublicEndpoint(
  app: TracingApp,
  setting: Settings['publicEndpoint'],
  argument: () => unknown,
): boolean | 'keep-id' {
  const answer =
    typeof setting === 'function'
      ? callUsersFunction(app, "'publicEndpoint'", setting, [argument()])
      : setting;
  return answer === false || answer === 'keep-id' ? answer : true;
}

/** Returns the context of an ignored request, in which nothing is recorded (rule 29). */
function ignoredScope(app: TracingApp, parent: Context): Context {
  const ignored = ignoredContext(parent);
  // The ignored context has a span context, whose IDs are propagated to the next services.
  return withRequestScope(ignored, { app, serverSpan: trace.getSpan(ignored) as Span });
}
