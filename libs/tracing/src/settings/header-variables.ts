import { commas } from './variables.js';

export const headerVariables = ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'];

/** What gRPC takes as metadata: a name of these characters, not of a binary entry, and visible ASCII. */
const name = /^[0-9a-zA-Z_.-]+$/;
const value = /^[ -~]*$/;

/** Tells which variable holds headers that gRPC would refuse. Their values may be secrets. */
export function headerWarnings(env: Readonly<Record<string, string | undefined>>): string[] {
  return headerVariables
    .filter((variable) => !commas(env[variable] ?? '').every(isHeader))
    .map(
      (variable) =>
        `${variable}: expected key=value pairs that gRPC takes as metadata (key of a-z 0-9 _ - . that ` +
        'does not end in -bin, value of visible ASCII). No header of it is sent.',
    );
}

function isHeader(pair: string): boolean {
  const at = pair.indexOf('=');
  const key = pair.slice(0, Math.max(at, 0)).trim();
  return (
    name.test(key) && !key.toLowerCase().endsWith('-bin') && value.test(decoded(pair.slice(at + 1)))
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text;
  }
}
