import { traceTree } from '@shop/otlp';
import type { OtlpReceiver } from '@shop/otlp';
import { DemoFault } from './demo-fault.ts';
import type { LogBook } from './log-book.ts';
import type { Narrator } from './narrator.ts';
import { runScenario } from './scenario-run.ts';
import type { ScenarioResult } from './scenario-run.ts';
import { SCENARIOS } from './scenarios.ts';
import type { Viewer } from './viewer.ts';
import { waitUntil } from './wait-until.ts';

const VIEWER_MS = 10_000;

/**
 * Drives all scenarios and shows their traces.
 *
 * @throws DemoFault that says what is missing, after all were driven.
 */
export async function showScenarios(
  gateway: string,
  relay: OtlpReceiver,
  viewer: Viewer | undefined,
  logBook: LogBook,
  narrator: Narrator,
): Promise<void> {
  const lacking: string[] = [];
  let orderId: string | undefined;
  for (const [index, scenario] of SCENARIOS.entries()) {
    const { title, method, path, body } = scenario;
    narrator.line();
    narrator.title(`${index + 1}/${SCENARIOS.length} ${title}`);
    const resolved = { ...scenario, path: path.replace(':id', orderId ?? 'none') };
    narrator.line([method, resolved.path, body && JSON.stringify(body)].filter(Boolean).join(' '));
    const result = await runScenario(resolved, gateway, relay, logBook);
    orderId = result.orderId ?? orderId;
    const missing = [...result.lacking, ...(await lackingInViewer(result, viewer))];
    show(result, missing, viewer, narrator);
    lacking.push(...missing.map((text) => `${title}: ${text}`));
  }
  narrator.line();
  if (lacking.length)
    throw new DemoFault(`Missing:\n${lacking.map((one) => `  ${one}`).join('\n')}`);
  narrator.good(`all ${SCENARIOS.length} scenarios showed what they must`);
}

function show(
  result: ScenarioResult,
  missing: string[],
  viewer: Viewer | undefined,
  narrator: Narrator,
): void {
  const { answer, tookMs, trace, traceId, lines } = result;
  narrator.line(`answered ${answer} in ${tookMs.toFixed(0)} ms, trace ${traceId ?? 'none'}`);
  if (trace.length) narrator.line(traceTree(trace, { times: true, paint: narrator.paint }));
  if (viewer && traceId) narrator.line(viewer.linkTo(traceId));
  for (const text of missing) narrator.bad(`MISSING: ${text}`);
  if (missing.length) return;
  const services = new Set(trace.map((span) => span.service)).size;
  narrator.good(
    `one trace over ${services} services: ${trace.length} spans, ${lines} log lines, each on its span`,
  );
}

async function lackingInViewer(
  { trace, traceId }: ScenarioResult,
  viewer: Viewer | undefined,
): Promise<string[]> {
  if (!viewer || !traceId) return [];
  let there = 0;
  await waitUntil(async () => {
    there = await viewer.spansOf(traceId);
    return there >= trace.length || undefined;
  }, VIEWER_MS);
  return there >= trace.length
    ? []
    : [`the viewer has ${there} of the trace's ${trace.length} spans`];
}
