/** A line that a service wrote to stdout while a span was active. */
export interface LogLine {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** The label, as `info`. */
  readonly level: string;
  readonly message: string;
  /** As the services write it for X-Ray; undefined: they write for another backend. */
  readonly xrayTraceId?: string | undefined;
}

/** pino writes a level's number, or its label where an app has set that. */
const LABELS: Record<string, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** The log lines of the services, by their trace. */
export class LogBook {
  readonly #byTrace = new Map<string, LogLine[]>();

  /** Takes a line of stdout; one that is no JSON, or stands in no trace, is left out. */
  add(service: string, text: string): void {
    const line = parse(text);
    if (typeof line?.['trace_id'] !== 'string') return;
    const traceId = line['trace_id'];
    const lines = this.#byTrace.get(traceId) ?? [];
    const level = String(line['level']);
    lines.push({
      service,
      traceId,
      spanId: String(line['span_id']),
      level: LABELS[level] ?? level,
      message: String(line['msg'] ?? ''),
      xrayTraceId: line['xray_trace_id'] === undefined ? undefined : String(line['xray_trace_id']),
    });
    this.#byTrace.set(traceId, lines);
  }

  linesOf(traceId: string): readonly LogLine[] {
    return this.#byTrace.get(traceId) ?? [];
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
