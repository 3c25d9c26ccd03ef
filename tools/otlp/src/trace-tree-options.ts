/** What a piece of a line is, for whoever wants to colour it. */
export type TreePart = 'service' | 'span' | 'kind' | 'time' | 'ok' | 'error' | 'log' | 'guide';

export type Paint = (part: TreePart, text: string) => string;

export interface TraceTreeOptions {
  /**
   * Durations, and events among the child spans at their time. Without, the tree is the same in
   * every run: no times, the events of a span before its children.
   *
   * @default false
   */
  times?: boolean;
  /** Keys of span attributes to show, where a span has them. @default none */
  attributes?: readonly string[];
  /** @default as it is */
  paint?: Paint;
}
