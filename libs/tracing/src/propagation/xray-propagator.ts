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

/** The fields of an X-Ray header, with IDs as OpenTelemetry writes them. Invalid fields are undefined. */
interface XRayHeader {
  readonly traceId: string;
  readonly parentId: string | undefined;
  /** Undefined also for `?`: the caller leaves the decision to the service that it calls. */
  readonly isSampled: boolean | undefined;
}

/**
 * Parses `X-Amzn-Trace-Id` in every form that load balancers, gateways, Lambda and the X-Ray SDKs send:
 * fields in any order and case, with spaces, and with further fields, which are ignored (`Self`,
 * `Lineage`, custom ones). The first field of a name counts, and the first of several headers. Returns
 * undefined if `Root` is not a trace ID.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
function readXRayHeader(header: string): XRayHeader | undefined {
  const fields = new Map<string, string>();
  for (const field of (header.split(',', 1)[0] ?? '').split(';')) {
    const equals = field.indexOf('=');
    const name = field.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    if (!fields.has(name)) fields.set(name, field.slice(equals + 1).trim());
  }
  const root = rootId.exec(fields.get('root') ?? '');
  const traceId = `${root?.[1] ?? ''}${root?.[2] ?? ''}`.toLowerCase();
  if (root === null || isZero(traceId)) return undefined;
  const parentId = fields.get('parent')?.toLowerCase() ?? '';
  return {
    traceId,
    parentId: segmentId.test(parentId) && !isZero(parentId) ? parentId : undefined,
    isSampled: decisions.get(fields.get('sampled') ?? ''),
  };
}

const rootId = /^1-([\da-f]{8})-([\da-f]{24})$/i;
const segmentId = /^[\da-f]{16}$/;
const decisions: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['0', false],
]);

function isZero(id: string): boolean {
  return /^0+$/.test(id);
}

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
