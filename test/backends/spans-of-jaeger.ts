import type { Attributes, AttributeValue, Span, SpanEvent, SpanKind } from '@shop/otlp';

/** A trace as Jaeger's query API has it. Times are microseconds. */
export interface JaegerTrace {
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, { serviceName: string; tags: readonly Tag[] }>>;
}

interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { refType: string; traceID: string; spanID: string }[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly Tag[];
  readonly logs: readonly { timestamp: number; fields: readonly Tag[] }[];
  readonly processID: string;
  /** What Jaeger found wrong with the span, a time that it has corrected for example. */
  readonly warnings?: readonly string[] | null;
}

interface Tag {
  readonly key: string;
  readonly type: string;
  readonly value: AttributeValue;
}

/** Jaeger's spans as the drawing of traces takes them. */
export function spansOfJaeger({ spans, processes }: JaegerTrace): Span[] {
  return spans.map((span) => {
    const { serviceName, tags } = processes[span.processID]!;
    const attributes = attributesOf(span.tags);
    const parent = span.references.find(({ refType }) => refType === 'CHILD_OF');
    return {
      service: serviceName,
      resource: attributesOf(tags),
      scope: String(attributes['otel.scope.name']),
      traceId: span.traceID,
      spanId: span.spanID,
      parentSpanId: parent?.spanID,
      name: span.operationName,
      kind: String(attributes['span.kind']).toUpperCase() as SpanKind,
      start: nanoseconds(span.startTime),
      end: nanoseconds(span.startTime + span.duration),
      attributes,
      events: span.logs.map(eventOf),
      status: {
        code: attributes['otel.status_code'] === 'ERROR' ? 'ERROR' : 'UNSET',
        message: String(attributes['otel.status_description'] ?? ''),
      },
      links: [],
    };
  });
}

function eventOf({ timestamp, fields }: JaegerSpan['logs'][number]): SpanEvent {
  const { event, ...attributes } = attributesOf(fields);
  return { name: String(event), time: nanoseconds(timestamp), attributes };
}

function attributesOf(tags: readonly Tag[]): Attributes {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

function nanoseconds(microseconds: number): bigint {
  return BigInt(microseconds) * 1000n;
}
