import { fileURLToPath } from 'node:url';
import type { Span } from '@shop/otlp';
import { freePort } from '@shop/otlp/free-port';
import { BackendProcess } from './backend-process.ts';
import { spansOfJaeger, type JaegerTrace } from './spans-of-jaeger.ts';

/** A real Jaeger. What it has is asked of its query API, as its page does. */
export class Jaeger {
  /** Where it takes OTLP/gRPC. */
  readonly otlp: string;
  readonly #process: BackendProcess;
  readonly #query: string;

  private constructor(process: BackendProcess, otlp: string, query: string) {
    this.#process = process;
    this.otlp = otlp;
    this.#query = query;
  }

  /** @param program Path of what test/backends/build.sh built. */
  static async start(program: string): Promise<Jaeger> {
    const [OTLP_PORT, QUERY_PORT, QUERY_GRPC_PORT] = [
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    const query = `http://127.0.0.1:${QUERY_PORT}/api`;
    const config = fileURLToPath(new URL('jaeger.yaml', import.meta.url));
    const process = await BackendProcess.start(
      program,
      ['--config', config],
      { OTLP_PORT, QUERY_PORT, QUERY_GRPC_PORT },
      `${query}/services`,
    );
    return new Jaeger(process, `http://127.0.0.1:${OTLP_PORT}`, query);
  }

  services(): Promise<string[]> {
    return this.#ask<string[]>('services');
  }

  /** The warnings on the spans of those traces, as its page shows them. */
  async warningsOf(service: string): Promise<string[]> {
    const traces = await this.#tracesOf(service);
    return traces.flatMap(({ spans }) =>
      spans.flatMap(({ operationName, warnings }) =>
        (warnings ?? []).map((warning) => `${operationName}: ${warning}`),
      ),
    );
  }

  /** The traces in which a service took part, the first one in front. */
  async tracesOf(service: string): Promise<Span[][]> {
    const traces = await this.#tracesOf(service);
    const spans = traces.map(spansOfJaeger);
    return spans.sort((a, b) => Number(startOf(a) - startOf(b)));
  }

  /** What it shows of a trace; nothing, where it has none. Rejects where it cannot show it. */
  async trace(traceId: string): Promise<Span[]> {
    const response = await fetch(`${this.#query}/traces/${traceId}`, {
      signal: AbortSignal.timeout(10_000),
    });
    if (response.status === 404) return [];
    const { data } = (await response.json()) as { data: JaegerTrace[] };
    return data.flatMap(spansOfJaeger);
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  #tracesOf(service: string): Promise<JaegerTrace[]> {
    return this.#ask(`traces?service=${service}&limit=100`);
  }

  async #ask<T>(what: string): Promise<T> {
    const response = await fetch(`${this.#query}/${what}`, { signal: AbortSignal.timeout(10_000) });
    const { data } = (await response.json()) as { data: T };
    return data;
  }
}

function startOf(spans: readonly Span[]): bigint {
  return spans.map((span) => span.start).reduce((first, next) => (next < first ? next : first));
}
