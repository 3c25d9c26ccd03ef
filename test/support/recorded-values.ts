import type { TracedApp } from './traced-app.ts';

/** A value, where it was recorded, and in which trace. */
export interface RecordedValue {
  readonly source: string;
  readonly name: string;
  readonly traceId: string;
  /** What the app was thrown for it. */
  readonly thrown?: string;
}

/** Lets the fixture record every odd value from a source, or under every odd key. */
export async function recordValues(app: TracedApp, source: string): Promise<RecordedValue[]> {
  const path = source === 'key' ? '/keys' : `/values/${source}`;
  const response = await app.fetch(path, { signal: AbortSignal.timeout(60_000) });
  return (await response.json()) as RecordedValue[];
}

/** Where values can come from. */
export async function valueSources(app: TracedApp): Promise<string[]> {
  return [...((await (await app.fetch('/sources')).json()) as string[]), 'key'];
}

/** Which of them were lost, with the spans beside them, or were told to the app. */
export function lostValues(
  recorded: readonly RecordedValue[],
  namesOf: (traceId: string) => readonly string[],
): string[] {
  return recorded.flatMap(({ source, name, traceId, thrown }) => {
    const missing = ['case', 'beside'].filter((span) => !namesOf(traceId).includes(span));
    const faults = [...missing.map((span) => `no ${span}`), ...(thrown ? [`threw ${thrown}`] : [])];
    return faults.length === 0 ? [] : [`${source}: ${name}: ${faults.join(', ')}`];
  });
}

/** A value on one line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`;
    if (part instanceof Uint8Array) return `bytes ${Buffer.from(part).toString('hex')}`;
    return Object.is(part, -0) ? '-0' : part;
  });
  if (text === undefined) return 'nothing';
  return text.length > 60 ? `${text.slice(0, 40)}... ${text.length} characters` : text;
}
