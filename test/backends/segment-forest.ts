import type { SegmentDocument } from './segment-document.ts';

export interface SegmentNode {
  readonly document: SegmentDocument;
  /** In the order of their start. */
  readonly children: readonly SegmentNode[];
}

/** Documents under their parents; one whose parent is not there stands at the top. */
export function segmentForest(documents: readonly SegmentDocument[]): SegmentNode[] {
  const ids = new Set(documents.map(({ id }) => id));
  const sorted = documents.toSorted((a, b) => a.start_time - b.start_time);
  const nodeOf = (document: SegmentDocument): SegmentNode => ({
    document,
    children: sorted.filter(({ parent_id }) => parent_id === document.id).map(nodeOf),
  });
  return sorted.filter(({ parent_id }) => !ids.has(parent_id ?? '')).map(nodeOf);
}
