import type { Span } from '@opentelemetry/api';
import type { LogLine } from './line-sink.js';

const ERROR = 50;

export interface LineLevel {
  readonly label: string | undefined;
  readonly number: number | undefined;
}

/** pino writes the number; a `level` formatter of the app may write the label. */
export function lineLevel({ fields: { level }, format: { levelLabels } }: LogLine): LineLevel {
  if (typeof level === 'number') {
    return { label: levelLabels[level] ?? String(level), number: level };
  }
  const number = Object.keys(levelLabels).find((key) => levelLabels[Number(key)] === level);
  return {
    label: typeof level === 'string' ? level : undefined,
    number: number === undefined ? undefined : Number(number),
  };
}

/** A line of level error and above marks its span; the status stays, the code has handled the error. */
export function markSpan(span: Span, { number }: LineLevel): void {
  if (number !== undefined && number >= ERROR) span.setAttribute('error', true);
}
