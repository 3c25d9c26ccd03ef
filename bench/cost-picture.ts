import type { Results, VariantResult } from './results.ts';

/** Pixels. */
const WIDTH = 800;
const NAMES = 270;
const FIGURES = 120;
const BARS = WIDTH - NAMES - FIGURES;
const ROW = 26;
const HEADING = 40;
const MARGIN = 16;
const LINE = 18;
/** The widest line of the caption, in characters. */
const CAPTION = 110;

const STYLE = `
    text { fill: #1f2328; }
    .quiet { fill: #59636e; }
    .base { stroke: #59636e; stroke-dasharray: 3 3; }
    .bar { fill: #8c959f; }
    .bar.library { fill: #0969da; }
    .interval { stroke: #1f2328; stroke-width: 1.5; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .quiet { fill: #9198a1; }
      .base { stroke: #9198a1; }
      .bar { fill: #656c76; }
      .bar.library { fill: #4493f8; }
      .interval { stroke: #f0f6fc; }
    }
  `;

/**
 * The picture of what tracing costs, as SVG: for each variant a bar of its CPU per request as a ratio to the
 * untraced app, with its confidence interval. The colors follow the color scheme of the reader.
 */
export function costPicture(results: Results): string {
  const groups = results.groups.map(({ title, variants: [, ...others] }) => ({ title, others }));
  const largest = Math.max(
    1,
    ...groups.flatMap(({ others }) => others.map(({ ratios }) => ratios.cpu.high)),
  );
  const scale = (ratio: number): number => Math.round((ratio / largest) * BARS * 10) / 10;
  const parts: string[] = [];
  let y = MARGIN + LINE;
  parts.push(
    text(MARGIN, y, 'CPU per request, relative to the same app without tracing', 'font-size="16"'),
  );
  for (const { title, others } of groups) {
    y += HEADING;
    parts.push(text(MARGIN, y - 8, title, 'font-weight="600"'));
    const top = y;
    for (const variant of others) {
      parts.push(...bar(variant, y, scale));
      y += ROW;
    }
    const x = NAMES + scale(1);
    parts.push(`<line class="base" x1="${x}" y1="${top - 2}" x2="${x}" y2="${y}"/>`);
  }
  y += MARGIN;
  for (const line of caption(results)) {
    y += LINE;
    parts.push(text(MARGIN, y, line, 'class="quiet" font-size="12"'));
  }
  const height = y + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="13">`,
    '  <title>What tracing costs: CPU per request, relative to the same app without tracing</title>',
    `  <style>${STYLE}</style>`,
    ...parts.map((part) => `  ${part}`),
    '</svg>',
    '',
  ].join('\n');
}

function bar(
  { name, ratios }: VariantResult,
  y: number,
  scale: (ratio: number) => number,
): string[] {
  const { median, low, high } = ratios.cpu;
  const middle = y + ROW / 2;
  const kind = name.startsWith('nestjs-tracing') ? 'bar library' : 'bar';
  // The title of the group says which app it is.
  const label = name.replace(/ \(.*\)$/, '').replace('without handler spans', 'no handler spans');
  const figure = `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
  return [
    text(NAMES - 10, middle + 4, label, 'text-anchor="end"'),
    `<rect class="${kind}" x="${NAMES}" y="${y + 4}" width="${scale(median)}" height="${ROW - 8}"/>`,
    `<line class="interval" x1="${NAMES + scale(low)}" y1="${middle}" x2="${NAMES + scale(high)}" y2="${middle}"/>`,
    text(WIDTH - FIGURES + 8, middle + 4, figure, 'class="quiet"'),
  ];
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function caption({ date, machine, versions, rounds, pairs }: Results): string[] {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const processes = pairs === 1 ? 'one pair' : `${pairs} pairs`;
  return [
    `Medians of ${rounds} rounds with confidence intervals of 95 %, ${processes} of processes per variant. Dashed: untraced.`,
    `${date}, ${machine.cpu}, ${machine.cores} cores, ${machine.memory} GiB, ${machine.system}`,
    ...wrapped(packages),
  ];
}

/** Lines of items that are separated by commas. */
function wrapped(items: readonly string[]): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length + 2 <= CAPTION) {
      lines[lines.length - 1] = `${last}, ${item}`;
    } else lines.push(item);
  }
  return lines;
}
