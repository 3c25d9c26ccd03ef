import type { Span } from '@shop/otlp';
import type { Recording } from './record-spans.ts';
import type { Situation } from './situations.ts';
import { kindOf, spanKinds, type SpanKind } from './span-kind.ts';
import { theSpan, traitsOf } from './traits.ts';

export type Verdict = 'same' | 'differs' | 'only stock' | 'only ours';

/** How the two stacks compare in one trait of one span. */
export interface Finding {
  readonly kind: SpanKind;
  readonly trait: string;
  readonly verdict: Verdict;
  readonly stock: string | undefined;
  readonly ours: string | undefined;
  readonly situation: Situation;
}

/** The spans of a kind are set beside each other in the order of their start. */
export function findingsOf(stock: Recording, ours: Recording): Finding[] {
  return [...stock].flatMap(([situation, trace]) => {
    const ourTrace = ours.get(situation) ?? [];
    return spanKinds.flatMap((kind) => {
      const stockSpans = spansOf(trace, kind);
      const ourSpans = spansOf(ourTrace, kind);
      const longer = stockSpans.length > ourSpans.length ? stockSpans : ourSpans;
      return longer.flatMap((_span, index) =>
        compareSpans(stockSpans[index], ourSpans[index]).map(([trait, one, other]) => ({
          kind,
          trait,
          verdict: verdictOf(one, other),
          stock: one,
          ours: other,
          situation,
        })),
      );
    });

    function compareSpans(
      one: Span | undefined,
      other: Span | undefined,
    ): [trait: string, stock: string | undefined, ours: string | undefined][] {
      if (one === undefined || other === undefined) return [[theSpan, one?.name, other?.name]];
      const [stockTraits, ourTraits] = [traitsOf(one, trace), traitsOf(other, ourTrace)];
      const traits = new Set([...stockTraits.keys(), ...ourTraits.keys()]);
      return [...traits].map((trait) => [trait, stockTraits.get(trait), ourTraits.get(trait)]);
    }
  });
}

function spansOf(trace: readonly Span[], kind: SpanKind): Span[] {
  return trace
    .filter((span) => kindOf(span) === kind)
    .sort((one, other) => Number(one.start - other.start));
}

function verdictOf(stock: string | undefined, ours: string | undefined): Verdict {
  if (stock === ours) return 'same';
  if (stock === undefined) return 'only ours';
  return ours === undefined ? 'only stock' : 'differs';
}
