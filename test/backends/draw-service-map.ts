import { CLIENT, type Outcomes, type ServiceMap } from './service-map.ts';

const COLUMN = 200;
const ROW = 150;
const RADIUS = 48;
const MARGIN = 90;

/** As in the console: green, yellow, purple, red. */
const COLOURS: Record<keyof Outcomes, string> = {
  ok: '#2e8540',
  error: '#9a6700',
  throttle: '#7b4fb5',
  fault: '#c8372d',
};

interface Place {
  readonly x: number;
  readonly y: number;
}

/**
 * The map as an SVG, on a ground of its own, so that it reads in light and dark. A ring is as green as
 * the share of a service's requests that went well.
 */
export function drawServiceMap(map: ServiceMap): string {
  const { places, width, height } = layOut(map);
  const edges = map.calls.map(({ from, to }) => edge(places.get(from)!, places.get(to)!));
  const nodes = [...map.services].map(([name, outcomes]) =>
    node(places.get(name)!, name, outcomes),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="14" text-anchor="middle">
  <title>The service map of the demo</title>
  <defs>
    <marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#57606a"/></marker>
  </defs>
  <rect width="${width}" height="${height}" rx="8" fill="#f6f8fa"/>
${[...edges, client(places.get(CLIENT)!), ...nodes].map((line) => `  ${line}`).join('\n')}
</svg>
`;
}

/** From left to right, each service one column after the last of those that call it. */
function layOut({ services, calls }: ServiceMap) {
  const columnOf = (name: string): number =>
    Math.max(-1, ...calls.filter(({ to }) => to === name).map(({ from }) => columnOf(from))) + 1;
  const columns: string[][] = [];
  for (const name of [CLIENT, ...services.keys()]) {
    (columns[columnOf(name)] ??= []).push(name);
  }
  const rows = Math.max(...columns.map(({ length }) => length));
  const places = new Map<string, Place>();
  columns.forEach((names, column) => {
    names.forEach((name, index) => {
      const row = index + (rows - names.length) / 2;
      places.set(name, { x: MARGIN + column * COLUMN, y: MARGIN + row * ROW });
    });
  });
  return {
    places,
    width: MARGIN * 2 + (columns.length - 1) * COLUMN,
    height: MARGIN * 2 + (rows - 1) * ROW,
  };
}

function edge(from: Place, to: Place): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const at = ({ x, y }: Place, gap: number): string =>
    `${Math.round(x + dx * gap)} ${Math.round(y + dy * gap)}`;
  return `<path d="M${at(from, RADIUS + 6)}L${at(to, -RADIUS - 8)}" stroke="#57606a" stroke-width="1.5" marker-end="url(#tip)"/>`;
}

function client({ x, y }: Place): string {
  return [
    `<circle cx="${x}" cy="${y}" r="${RADIUS}" fill="#fff" stroke="#8c959f" stroke-width="2" stroke-dasharray="4 4"/>`,
    `<text x="${x}" y="${y + 5}" fill="#1f2328">${CLIENT}</text>`,
  ].join('');
}

function node({ x, y }: Place, name: string, outcomes: Outcomes): string {
  const total = Object.values(outcomes).reduce((sum, count) => sum + count);
  const parts = Object.entries(outcomes).filter(([, count]) => count > 0) as [
    keyof Outcomes,
    number,
  ][];
  let done = 0;
  const ring = parts.map(([outcome, count]) => {
    const arc = `<circle cx="${x}" cy="${y}" r="${RADIUS}" fill="none" stroke="${COLOURS[outcome]}" stroke-width="7" pathLength="${total}" stroke-dasharray="${count} ${total - count}" stroke-dashoffset="${-done}"/>`;
    done += count;
    return arc;
  });
  const told = parts
    .map(([outcome, count]) => `<tspan fill="${COLOURS[outcome]}">${count} ${outcome}</tspan>`)
    .join(' · ');
  return [
    `<circle cx="${x}" cy="${y}" r="${RADIUS}" fill="#fff"/>`,
    ...ring,
    `<text x="${x}" y="${y + 5}" fill="#1f2328" font-weight="600">${name}</text>`,
    `<text x="${x}" y="${y + RADIUS + 24}" font-size="12" fill="#57606a">${told}</text>`,
  ].join('');
}
