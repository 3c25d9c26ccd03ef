import type { Span } from '@opentelemetry/api';

/** A log line as it was written, so after redaction and serializers. */
export interface LogLine {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly format: LineFormat;
}

/** Which keys a logger gives its own fields, and what it calls its levels. */
export interface LineFormat {
  readonly messageKey: string;
  readonly errorKey: string;
  readonly contextKey: string;
  readonly levelLabels: Readonly<Record<number, string>>;
}

/** Where a log line goes, beside the logger's own destination. */
export interface LineSink {
  write(line: LogLine, span: Span): void;
}
