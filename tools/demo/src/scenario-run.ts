import { randomUUID } from 'node:crypto';
import type { OtlpReceiver, Span } from '@shop/otlp';
import type { LogBook } from './log-book.ts';
import type { Scenario } from './scenarios.ts';
import { lackingIn } from './trace-check.ts';
import { waitUntil } from './wait-until.ts';

export interface ScenarioResult {
  readonly trace: readonly Span[];
  readonly traceId: string | undefined;
  /** How many log lines the services wrote in the trace. */
  readonly lines: number;
  /** HTTP status, or why there was none. */
  readonly answer: string;
  readonly tookMs: number;
  /** The order that the answer is about. */
  readonly orderId: string | undefined;
  /** Each in a sentence; none: it showed what it must. */
  readonly lacking: readonly string[];
}

const REQUEST_MS = 15_000;
const TRACE_MS = 10_000;
/** Longer than the services' batches take: who is still to come has come. */
const QUIET_MS = 500;

/** Does what a scenario says, and waits for its trace. */
export async function runScenario(
  scenario: Scenario,
  gateway: string,
  relay: OtlpReceiver,
  logBook: LogBook,
): Promise<ScenarioResult> {
  // The root span has it as `user_agent.original`: traffic of others is not taken for ours.
  const agent = `shop-demo/${randomUUID()}`;
  const start = performance.now();
  const { status, text } = await request(scenario, gateway, agent);
  const tookMs = performance.now() - start;

  const wrongAnswer =
    status === scenario.expected.status
      ? []
      : [`the answer is ${status ?? 'none'}, not ${scenario.expected.status}: ${text}`];
  const { trace, lacking } = await traceOf(agent, scenario, relay, logBook);
  const traceId = trace[0]?.traceId;
  return {
    trace,
    traceId,
    lines: traceId ? logBook.linesOf(traceId).length : 0,
    answer: status === undefined ? text : String(status),
    tookMs,
    orderId: /"id":\s*"([^"]+)"/.exec(text)?.[1],
    lacking: [...wrongAnswer, ...lacking],
  };
}

async function request(
  { method, path, body }: Scenario,
  gateway: string,
  agent: string,
): Promise<{ status?: number; text: string }> {
  try {
    const response = await fetch(gateway + path, {
      method,
      headers: {
        'user-agent': agent,
        // A connection that is kept would hold the gateway, when it is to end, for seconds.
        connection: 'close',
        ...(body && { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(REQUEST_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const { message, cause } = error as Error;
    return { text: cause instanceof Error ? `${message} (${cause.message})` : message };
  }
}

/** The trace as soon as it lacks nothing and nothing more comes; at the latest, as it is by then. */
async function traceOf(
  agent: string,
  { expected }: Scenario,
  relay: OtlpReceiver,
  logBook: LogBook,
): Promise<{ trace: Span[]; lacking: string[] }> {
  let spans = -1;
  let grewAt = performance.now();
  const look = () => {
    const root = relay.spans.find((span) => span.attributes['user_agent.original'] === agent);
    const trace = root ? relay.spansOfTrace(root.traceId) : [];
    if (trace.length !== spans) {
      spans = trace.length;
      grewAt = performance.now();
    }
    const lacking = root
      ? lackingIn(trace, logBook.linesOf(root.traceId), expected)
      : ['no trace came whose first span is that of the request'];
    return { trace, lacking };
  };
  const whole = await waitUntil(() => {
    const seen = look();
    const quiet = performance.now() - grewAt > QUIET_MS;
    return quiet && !seen.lacking.length ? seen : undefined;
  }, TRACE_MS);
  return whole ?? look();
}
