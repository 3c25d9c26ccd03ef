import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SegmentDocument } from './segment-document.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const TRACE_ID = '1-5759e988-bd862e3fe1be46a994272793';
const UUID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g;

/** Differ from run to run, from machine to machine, or from one version of a dependency to the next. */
const UNSTABLE =
  /^(start_time|end_time|sdk_version|instance_id|network\.peer\.port|server\.port|client\.port|otel\.resource\.(host|os|process)\..*|otel\.resource\.service\.instance\.id|otel\.resource\.telemetry\.sdk\.version)$/;

/** The documents with what is different the next time replaced: ids by numbers, in the order of `documents`. */
export function stableDocuments(documents: readonly SegmentDocument[]): SegmentDocument[] {
  const ids = new Map(documents.map(({ id }, index) => [id, String(index + 1).padStart(16, '0')]));
  return documents.map((document) => stable(document, '', ids) as SegmentDocument);
}

function stable(value: unknown, key: string, ids: ReadonlyMap<string, string>): unknown {
  if (UNSTABLE.test(key)) return '...';
  if (key === 'trace_id') return TRACE_ID;
  if (key === 'stack') return framesOfApp(value as { path: string }[]);
  if (typeof value === 'string') {
    const known = ids.get(value);
    if (known) return known;
    return key === 'id'
      ? '...'
      : value.replace(UUID, '...').replace(/(127\.0\.0\.1):\d+/, '$1:...');
  }
  if (Array.isArray(value)) return value.map((item) => stable(item, '', ids));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, stable(item, name, ids)]),
  );
}

/** The frames of libraries are those of one of their versions. */
function framesOfApp(stack: readonly { path: string }[]): object[] {
  return stack
    .map((frame) => ({ ...frame, path: relative(root, frame.path) }))
    .filter(({ path }) => /^(dist\/apps|libs\/contracts)\//.test(path));
}
