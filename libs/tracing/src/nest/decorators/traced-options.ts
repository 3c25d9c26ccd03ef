import type { Attributes, Link, SpanKind } from '@opentelemetry/api';

/** What `@Traced()` takes. */
export interface TracedOptions {
  /** The name of the span. @default `Class.method` */
  name?: string;
  /** @default `SpanKind.INTERNAL` */
  kind?: SpanKind;
  /** Attributes that every span of the method has. */
  attributes?: Attributes;
  /** The tracer by the name given to `forFeature`. @default the tracer of the class's module */
  tracer?: string;
  /** Begins a new trace instead of going on with the active one. @default false */
  root?: boolean;
  links?: Link[];
  /** Which thrown values are errors of the span. @default rule 4: no `HttpException` below 500 ... */
  isError?: (error: unknown) => boolean;
}
