import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** Where finished spans go. The user's own processors see them before. */
export interface SpanOutput {
  readonly processor: SpanProcessor;
  /** In words, for the line at start. */
  readonly destination: string;
}
