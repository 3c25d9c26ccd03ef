import { getNumberFromEnv } from '@opentelemetry/core';

/** The limits of spans, as `OTEL_*_LIMIT` say. */
export interface Limits {
  readonly attributeCountLimit: number | undefined;
  readonly attributeValueLengthLimit: number;
  readonly eventCountLimit: number;
  readonly linkCountLimit: number | undefined;
  readonly attributePerEventCountLimit: number;
  readonly attributePerLinkCountLimit: number | undefined;
}

/** The defaults of the SDK stand where they are told by nobody. */
export function spanLimits(): Limits {
  return {
    attributeCountLimit: limit('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'),
    attributeValueLengthLimit:
      limit('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT') ??
      Infinity,
    eventCountLimit: limit('OTEL_SPAN_EVENT_COUNT_LIMIT') ?? 128,
    linkCountLimit: limit('OTEL_SPAN_LINK_COUNT_LIMIT'),
    attributePerEventCountLimit: limit('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT') ?? 128,
    attributePerLinkCountLimit: limit('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'),
  };
}

function limit(...variables: string[]): number | undefined {
  return variables
    .map((variable) => getNumberFromEnv(variable))
    .find((value) => value !== undefined && value >= 0);
}
