/** The fields of an X-Ray header, with IDs as OpenTelemetry writes them. Invalid fields are undefined. */
export interface XRayHeader {
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
export function readXRayHeader(header: string): XRayHeader | undefined {
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
