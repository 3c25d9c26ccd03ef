const errors = new WeakSet<object>();

/** Keeps in mind that an event of a span tells of an error. */
export function markErrorEvent(event: unknown): void {
  if (typeof event === 'object' && event !== null) errors.add(event);
}

export function isErrorEvent(event: unknown): boolean {
  return typeof event === 'object' && event !== null && errors.has(event);
}
