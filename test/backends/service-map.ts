import type { SegmentDocument } from './segment-document.ts';

/** How many of the calls went how. */
export interface Outcomes {
  readonly ok: number;
  /** The caller's fault, as 4xx. */
  readonly error: number;
  readonly throttle: number;
  readonly fault: number;
}

export interface ServiceMap {
  /** The services by name, the client aside. */
  readonly services: ReadonlyMap<string, Outcomes>;
  /** Who calls whom. */
  readonly calls: readonly { readonly from: string; readonly to: string }[];
}

export const CLIENT = 'client';

/**
 * The map that X-Ray draws of segments: a node for each name of a segment, and for each remote
 * subsegment that no segment answers; an edge from the segment in which the call was made.
 */
export function serviceMap(documents: readonly SegmentDocument[]): ServiceMap {
  const byId = new Map(documents.map((document) => [document.id, document]));
  const answered = new Set(documents.filter(({ type }) => !type).map(({ parent_id }) => parent_id));
  const callerOf = (document: SegmentDocument): string => {
    const parent = byId.get(document.parent_id ?? '');
    if (!parent) return CLIENT;
    return parent.type ? callerOf(parent) : parent.name;
  };
  const nodes = documents.filter(
    ({ type, namespace, id }) => !type || (namespace !== undefined && !answered.has(id)),
  );
  const services = [...Map.groupBy(nodes, ({ name }) => name)].sort(([a], [b]) =>
    a.localeCompare(b),
  );
  const calls = services.flatMap(([to, of]) =>
    [...new Set(of.map(callerOf))].sort().map((from) => ({ from, to })),
  );
  return { services: new Map(services.map(([name, of]) => [name, outcomesOf(of)])), calls };
}

function outcomesOf(documents: readonly SegmentDocument[]): Outcomes {
  const count = (outcome: keyof Outcomes) =>
    documents.filter((document) => outcomeOf(document) === outcome).length;
  return {
    ok: count('ok'),
    error: count('error'),
    throttle: count('throttle'),
    fault: count('fault'),
  };
}

/** A throttled request is an error too. */
function outcomeOf({ fault, throttle, error }: SegmentDocument): keyof Outcomes {
  if (fault) return 'fault';
  if (throttle) return 'throttle';
  return error ? 'error' : 'ok';
}
