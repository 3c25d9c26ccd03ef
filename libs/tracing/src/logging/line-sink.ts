import type { Span } from '@opentelemetry/api';

/** A log line that was written while a span was active. */
export interface LogLine {
  /** As it was written, so after redaction and serializers. */
  readonly text: string;
  /** The number of the level, as pino has it. */
  readonly level: number;
  /** The names of the levels by their numbers. */
  readonly levelLabels: Readonly<Record<number, string>>;
  /** The error that was logged: what knows it again, and is not to be read. */
  readonly error: object | undefined;
  readonly format: LineFormat;
}

/** Which keys a logger gives its own fields. */
export interface LineFormat {
  readonly messageKey: string;
  readonly errorKey: string;
  readonly contextKey: string;
  /** The key below which the fields of a line stand, where they do not stand at its top. */
  readonly nestedKey: string | undefined;
  readonly timeKey: string | undefined;
}

/** Where a log line goes, beside the logger's own destination. */
export interface LineSink {
  /** @param span the span that the line belongs to, which records */
  write(line: LogLine, span: Span): void;
}
