import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** Where finished spans go. The user's own processors see them before. */
export interface SpanOutput {
  readonly processor: SpanProcessor;
  /** Whether it takes the late events of spans; undefined where it reads spans as they are. */
  readonly takesLateEvents?: boolean;
  /** In words, for the line at start. */
  readonly destination: string;
  /** Cuts off exports that are under way and closes their connections, within about 100 ms. */
  close?(): Promise<void>;
}
