/**
 * The event that makes room where a span has too many: the oldest that tells of no error, and among
 * errors the oldest but the first. So later chatter pushes out no error, and the first one stays
 * whatever comes after (rule 20).
 */
export function eventToDrop<Event>(
  events: readonly Event[],
  isError: (event: Event) => boolean,
): number {
  const chatter = events.findIndex((event) => !isError(event));
  return chatter === -1 ? Math.min(1, events.length - 1) : chatter;
}
