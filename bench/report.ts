import type { GroupResult, Results, VariantResult } from './results.ts';
import { format } from './statistics/estimate.ts';

/** One line on the machine and the versions of a run. */
export function headline({
  date,
  machine,
  versions,
  rounds,
  pairs,
}: Omit<Results, 'groups'>): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${date}, ${machine.cpu}, ${machine.cores} cores, ${machine.system}, ${rounds} rounds, ` +
    `${pairs} pair${pairs === 1 ? '' : 's'} of processes per variant\n${packages.join(', ')}`
  );
}

const COLUMNS = ['CPU per request', 'throughput', 'p50', 'p99', 'startup', 'memory (RSS)'];

/** The table of a group: the medians of the ratios to its base, with confidence intervals of 95 %. */
export function groupTable({ title, variants }: GroupResult): string {
  const [base, ...others] = variants;
  if (base === undefined) return '';
  const { cpu, throughput, p50, p99, startup, rss } = base.medians;
  return [
    `${title}. ${base.name}: ${Math.round(cpu)} us of CPU per request, ` +
      `${Math.round(throughput)} requests/s at saturation; at half of that, p50 ${p50.toFixed(2)} ms ` +
      `and p99 ${p99.toFixed(2)} ms; startup of both processes ${Math.round(startup)} ms, ` +
      `memory ${Math.round(rss / 2 ** 20)} MiB`,
    '',
    `| ratio to ${base.name} | spans | ${COLUMNS.join(' | ')} |`,
    `| ${'--- | '.repeat(COLUMNS.length + 2).trim()}`,
    ...others.map(row),
  ].join('\n');
}

function row({ name, spansPerRequest, ratios }: VariantResult): string {
  const { cpu, throughput, p50, p99, startup, rss } = ratios;
  const spans = spansPerRequest === undefined ? '' : String(Number(spansPerRequest.toFixed(2)));
  const cells = [cpu, throughput, p50, p99, startup, rss].map((one) => format(one));
  return `| ${[name, spans, ...cells].join(' | ')} |`;
}
