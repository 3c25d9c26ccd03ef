import type { Settings } from '../settings/settings.js';
import type { Limits } from './span-limits.js';
import type { SpanOutput } from './span-output.js';

/**
 * How many events a span may have, where they may be made when it is exported; undefined where
 * somebody reads it before: a span processor of the app, or an output that keeps spans as they are.
 */
export function lateEventsLimit(
  { spanProcessors }: Settings,
  { takesLateEvents = false }: SpanOutput,
  { eventCountLimit }: Limits,
): number | undefined {
  return takesLateEvents && spanProcessors.length === 0 ? eventCountLimit : undefined;
}
