/// <reference lib="es2024.collection" />
import type { Finding, Verdict } from './findings.ts';
import type { Reason } from './reason.ts';
import { reasons } from './reasons.ts';
import { spanKinds, type SpanKind } from './span-kind.ts';
import { ownTraits } from './traits.ts';

/** One trait of one kind of span, where it compares in one way and for one reason. */
export interface Row {
  readonly kind: SpanKind;
  readonly trait: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Empty where both are the same. */
  readonly why: string;
}

/** @throws if something differs without a reason, or if a reason is of nothing that differs */
export function rowsOf(findings: readonly Finding[]): Row[] {
  const unused = new Set(
    reasons.flatMap((reason) =>
      reason.kinds.flatMap((kind) => reason.traits.map((trait) => nameOf(kind, trait, reason))),
    ),
  );
  const faults = new Map<string, string>();
  const groups = Map.groupBy(findings, (finding) => {
    const { kind, trait, verdict, situation } = finding;
    if (verdict === 'same') return nameOf(kind, trait, finding);
    const reason = reasonOf(finding);
    if (reason === undefined) {
      // One line for each pair of values, not for each situation.
      const name = nameOf(kind, trait, finding);
      if (!faults.has(name)) faults.set(name, `no reason why: ${name} (${situation.title})`);
      return '';
    }
    unused.delete(nameOf(kind, trait, reason));
    return nameOf(kind, trait, reason);
  });
  for (const name of unused) faults.set(name, `a reason, but nothing differs: ${name}`);
  if (faults.size > 0) throw new Error([...faults.values()].join('\n'));
  return [...groups.values()]
    .map((group) => {
      const [first] = group as [Finding];
      const { kind, trait, verdict } = first;
      return { kind, trait, verdict, findings: group, why: reasonOf(first)?.why ?? '' };
    })
    .sort((one, other) => placeOf(one).localeCompare(placeOf(other)));
}

function reasonOf({ kind, trait, verdict, stock, ours }: Finding): Reason | undefined {
  return reasons.find(
    (reason) =>
      reason.kinds.includes(kind) &&
      reason.traits.includes(trait) &&
      reason.verdict === verdict &&
      (reason.stock ?? stock) === stock &&
      (reason.ours ?? ours) === ours,
  );
}

function nameOf(
  kind: SpanKind,
  trait: string,
  { verdict, stock, ours }: Pick<Reason, 'stock' | 'ours'> & { verdict: Verdict },
): string {
  const values = verdict === 'same' ? [] : [stock ?? 'any', ours ?? 'any'];
  return [kind, trait, verdict, ...values].join(', ');
}

/** By kind, then the traits that are no attributes, then by key, and what is the same in front. */
function placeOf({ kind, trait, verdict }: Row): string {
  const own = ownTraits.indexOf(trait);
  const place = own === -1 ? ownTraits.length : own;
  return `${spanKinds.indexOf(kind)} ${place} ${trait} ${verdict === 'same' ? 0 : verdict}`;
}
