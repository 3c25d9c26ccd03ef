import {
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Link,
  type Span,
  type TextMapGetter,
} from '@opentelemetry/api';
import type { Settings } from '../options/settings.js';
import { extractContext } from '../propagation/extract-context.js';
import {
  ignoredContext,
  isTraceIdOnly,
  deferredSamplingContext,
} from '../propagation/remote-parent.js';
import { callUsersFunction } from '../span/call-users-function.js';
import { DeferredSpan } from '../span/deferred-span.js';
import { keepRequest, withRequestScope, type RequestScope } from '../span/request-scope.js';
import type { TracingApp } from '../span/tracing-app.js';

/** What a process is asked to do: an HTTP request, a gRPC call or a message. */
export interface ServerCall<Carrier> {
  /** What holds the headers that came in, and how they are read. */
  readonly carrier: Carrier;
  readonly getter: TextMapGetter<Carrier>;
  /** What a `publicEndpoint` function is called with. */
  readonly publicEndpointArgument: () => unknown;
  /** Whether the call gets no span (rule 29). */
  readonly isIgnored?: () => boolean;
  /** @default SpanKind.SERVER */
  readonly kind?: SpanKind;
  readonly name: string;
  /** The verb that begins the name of the span, where the protocol has one. */
  readonly method?: string;
  readonly attributes: () => Attributes;
  /** What Nest hands to guards, handlers and filters: the call is found by it. */
  readonly host?: unknown;
}

/** A call that is answered in a context of its own. */
export interface AnsweredCall {
  /** The context in which the call is answered. */
  readonly scope: Context;
  /** The server span, and what is known of the call. Undefined where the call is ignored. */
  readonly span?: DeferredSpan;
  readonly request?: RequestScope;
}

/**
 * Starts the server span of a call: the only way into a process. Undefined where nothing came in and
 * nothing is recorded: there is nothing to carry (rule 26).
 */
export function startServerSpan<Carrier>(
  app: TracingApp,
  call: ServerCall<Carrier>,
): AnsweredCall | undefined {
  const extracted = extractContext(app.propagator, ROOT_CONTEXT, call.carrier, call.getter);
  const { parent, links } = startingPoint(app, extracted, call.publicEndpointArgument);
  if (parent === ROOT_CONTEXT && !app.samplesNewTraces) return undefined;
  if (call.isIgnored?.() === true) return { scope: ignoredScope(app, parent) };
  const { kind = SpanKind.SERVER, name, method, host } = call;
  const span = new DeferredSpan({
    app,
    tracer: app.tracer,
    name,
    options: { kind, attributes: call.attributes(), links },
    parent,
  });
  const request: RequestScope = {
    app,
    serverSpan: span,
    isOurs: true,
    ...(method !== undefined && { method }),
  };
  keepRequest(host, request);
  return { scope: withRequestScope(span.activate(), request), span, request };
}

/** Below what a server span is made, and what it is linked to. */
interface StartingPoint {
  readonly parent: Context;
  readonly links?: Link[];
}

/**
 * What becomes of the context that a caller sent: it goes on, unless `publicEndpoint` says that
 * callers are strangers (rule 27). Then their sampled flag and their baggage are not taken over.
 */
function startingPoint(
  app: TracingApp,
  extracted: Context,
  publicEndpointArgument: () => unknown,
): StartingPoint {
  if (app.settings.publicEndpoint === false || extracted === ROOT_CONTEXT) {
    return { parent: extracted };
  }
  const answer = publicness(app, app.settings.publicEndpoint, publicEndpointArgument);
  if (answer === false) return { parent: extracted };
  const caller = trace.getSpanContext(extracted);
  if (caller === undefined) return { parent: ROOT_CONTEXT };
  const isSpan = isSpanContextValid(caller);
  if (!isSpan && !isTraceIdOnly(extracted)) return { parent: ROOT_CONTEXT };
  // Below an external provider, the sampler is not ours to be asked as for a root.
  if (answer === 'keep-id' && !app.hasExternalProvider) {
    return { parent: deferredSamplingContext({ ...caller, traceFlags: TraceFlags.NONE }) };
  }
  return { parent: ROOT_CONTEXT, ...(isSpan && { links: [{ context: caller }] }) };
}

/** What is no clear answer counts as `true`: the careful one. */
function publicness(
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

/** The context of an ignored request, in which nothing is recorded (rule 29). */
function ignoredScope(app: TracingApp, parent: Context): Context {
  const ignored = ignoredContext(parent);
  // An ignored context holds the ids that the next services get.
  return withRequestScope(ignored, { app, serverSpan: trace.getSpan(ignored) as Span });
}
