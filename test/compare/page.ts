import { tree } from '../support/tree.ts';
import type { Finding } from './findings.ts';
import { head } from './head.ts';
import type { Recording } from './record-spans.ts';
import type { Row } from './rows.ts';
import { situations } from './situations.ts';
import { spanKinds } from './span-kind.ts';
import { steady } from './steady.ts';
import { theSpan } from './traits.ts';

/** The most that a cell lists. */
const MOST_VALUES = 2;
const MOST_SITUATIONS = 6;

/** The page, as Markdown that is not formatted yet. */
export function pageOf(rows: readonly Row[], stock: Recording, ours: Recording): string {
  const tables = spanKinds.map((kind) => {
    const own = rows.filter((row) => row.kind === kind);
    const all = titlesOf(own.flatMap(({ trait, findings }) => (trait === theSpan ? [] : findings)));
    return table(
      `## The ${kind} span`,
      ['', 'verdict', 'stock', 'ours', 'where', 'why'],
      own.map((row) => [
        code(row.trait),
        row.verdict,
        values(row, 'stock'),
        row.verdict === 'same' ? '' : values(row, 'ours'),
        where(row, all),
        row.why,
      ]),
    );
  });
  const counts = table(
    '## Spans a request',
    ['situation', 'stock', 'ours'],
    situations.map((situation) => [
      situation.title,
      String(stock.get(situation)?.length),
      String(ours.get(situation)?.length),
    ]),
  );
  const traces = situations.map((situation) =>
    [
      `### ${situation.title}`,
      `Stock:`,
      block(tree(stock.get(situation) ?? [])),
      `Ours:`,
      block(tree(ours.get(situation) ?? [])),
    ].join('\n\n'),
  );
  return [head, counts, ...tables, '## The traces', ...traces].join('\n\n');
}

function table(
  title: string,
  heads: readonly string[],
  lines: readonly (readonly string[])[],
): string {
  const rule = heads.map(() => '---');
  const rows = [heads, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`);
  return `${title}\n\n${rows.join('\n')}`;
}

function values({ findings }: Row, stack: 'stock' | 'ours'): string {
  const all = [...new Set(findings.flatMap((finding) => finding[stack] ?? []))];
  const shown = all.slice(0, MOST_VALUES).map(code);
  return [...shown, ...(all.length > MOST_VALUES ? ['...'] : [])].join(', ');
}

function where({ findings }: Row, all: readonly string[]): string {
  const here = titlesOf(findings);
  const elsewhere = all.filter((title) => !here.includes(title));
  if (elsewhere.length === 0) return 'everywhere';
  if (here.length <= MOST_SITUATIONS) return here.join('; ');
  if (elsewhere.length <= MOST_SITUATIONS) return `everywhere but: ${elsewhere.join('; ')}`;
  return `${here.length} situations`;
}

function titlesOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map(({ situation }) => situation.title))];
}

function code(text: string): string {
  return text === '' ? '(empty)' : `\`${text.replaceAll('|', '\\|')}\``;
}

function block(text: string): string {
  return `\`\`\`\n${steady(text)}\n\`\`\``;
}
