/**
 * The spans of an app that end with something that is still to come: a response, the answer to a call, a
 * subscription. Each is kept as the function that ends it. At the latest they end with the app, so that
 * they are exported (rule 22).
 */
export class OpenSpans {
  private readonly ends = new Set<() => void>();

  add(end: () => void): void {
    this.ends.add(end);
  }

  /** @returns whether the span was still open */
  delete(end: () => void): boolean {
    return this.ends.delete(end);
  }

  endAll(): void {
    for (const end of this.ends) end();
    this.ends.clear();
  }
}
