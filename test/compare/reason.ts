import type { Verdict } from './findings.ts';
import type { SpanKind } from './span-kind.ts';

/** Why the two stacks differ in some traits. */
export interface Reason {
  readonly kinds: readonly SpanKind[];
  readonly traits: readonly string[];
  readonly verdict: Exclude<Verdict, 'same'>;
  /** Where a trait differs in several ways: the values that this is of. @default any */
  readonly stock?: string;
  readonly ours?: string;
  /** As Markdown. */
  readonly why: string;
}
