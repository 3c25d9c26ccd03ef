import {
  defaultTextMapGetter,
  INVALID_SPANID,
  trace,
  TraceFlags,
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { AWSXRAY_TRACE_ID_HEADER, AWSXRayPropagator } from '@opentelemetry/propagator-aws-xray';
import { withRemoteParent, deferredSamplingContext } from './remote-parent.js';
import { readXRayHeader, type XRayHeader } from './xray-header.js';

/**
 * Propagates `X-Amzn-Trace-Id`. It is read after the W3C headers, and overrides them.
 *
 * OpenTelemetry's own propagator accepts only headers with `Root`, `Parent` and `Sampled`, and otherwise
 * starts another trace. Here the trace is continued under its `Root` (rule 16): without a decision the
 * sampler decides, and without a parent the span is the first of the trace.
 */
export class XRayPropagator implements TextMapPropagator {
  private readonly whole = new AWSXRayPropagator();

  inject<Carrier>(context: Context, carrier: Carrier, setter: TextMapSetter<Carrier>): void {
    this.whole.inject(context, carrier, setter);
  }

  extract<Carrier>(context: Context, carrier: Carrier, getter: TextMapGetter<Carrier>): Context {
    const header = readHeader(carrier, getter);
    if (header === undefined) return context;
    const w3c = trace.getSpanContext(context);
    const isSameTrace = w3c?.traceId === header.traceId;
    const { traceId, parentId, isSampled } = header;
    if (parentId !== undefined && isSampled !== undefined) {
      // The `tracestate` of the W3C headers is kept only if it belongs to the same trace.
      const scope = isSameTrace ? context : trace.deleteSpan(context);
      const carried = { [AWSXRAY_TRACE_ID_HEADER]: wholeHeader(header) };
      return this.whole.extract(scope, carried, defaultTextMapGetter);
    }
    // The W3C headers may contain the fields that a proxy has left out.
    if (isSameTrace) return context;
    const caller: SpanContext = {
      traceId,
      spanId: parentId ?? INVALID_SPANID,
      traceFlags: isSampled === true ? TraceFlags.SAMPLED : TraceFlags.NONE,
      isRemote: true,
    };
    return isSampled === undefined
      ? deferredSamplingContext(caller, context)
      : withRemoteParent(caller, context);
  }

  fields(): string[] {
    return this.whole.fields();
  }
}

function readHeader<Carrier>(
  carrier: Carrier,
  getter: TextMapGetter<Carrier>,
): XRayHeader | undefined {
  const value: unknown = getter.get(carrier, AWSXRAY_TRACE_ID_HEADER);
  const text: unknown = Array.isArray(value) ? value[0] : value;
  return typeof text === 'string' ? readXRayHeader(text) : undefined;
}

function wholeHeader({ traceId, parentId, isSampled }: XRayHeader): string {
  const root = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
  return `Root=${root};Parent=${parentId};Sampled=${isSampled === true ? '1' : '0'}`;
}
