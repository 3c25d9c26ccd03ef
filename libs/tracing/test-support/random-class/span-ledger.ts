import { context, diag } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  TracerProvider,
  type ReadableSpan,
  type Sampler,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import type { Shape } from './class-plan.js';
import type { Call } from './run.js';

const isThere: ReadonlySet<Shape | undefined> = new Set(['value', 'subject']);

/** Keeps every start and every end of a span, in their order, also where they do not match. */
export class SpanLedger implements SpanProcessor {
  started: ReadableSpan[] = [];
  ended: ReadableSpan[] = [];
  /** What the SDK does not do, but only tells of: it ends no span twice. */
  complaints: string[] = [];
  readonly provider: TracerProvider;

  constructor(sampler?: Sampler) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const ignore = (): void => undefined;
    const error = (message: string): void => void this.complaints.push(message);
    const warn = (message: string): void => {
      if (message.startsWith('Inconsistent start and end time')) error(message);
    };
    const logger = { error, warn, info: ignore, debug: ignore, verbose: ignore };
    diag.setLogger(logger, { suppressOverrideMessage: true });
    this.provider = new TracerProvider({ spanProcessors: [this], ...(sampler && { sampler }) });
  }

  onStart(span: ReadableSpan): void {
    this.started.push(span);
  }

  onEnd(span: ReadableSpan): void {
    this.ended.push(span);
  }

  /** Whether the span of a call has ended whose result is there, so that it must have. */
  hasEnded({ maker, runs }: Call): boolean {
    const id = isThere.has(maker?.shape) ? runs[0]?.span?.spanContext().spanId : undefined;
    return this.ended.some((span) => span.spanContext().spanId === id);
  }

  clear(): void {
    this.started = [];
    this.ended = [];
    this.complaints = [];
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    context.disable();
    diag.disable();
    return Promise.resolve();
  }
}
