import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** Where finished spans go. The user's own processors see them before. */
export interface SpanOutput {
  readonly processor: SpanProcessor;
  /** Whether it takes the late events of spans; undefined where it reads spans as they are. */
  readonly takesLateEvents?: boolean;
  /** In words, for the line at start. */
  readonly destination: string;
  /** Ends what is still under way, and what was opened to send it. Takes next to no time. */
  close?(): Promise<void>;
}
