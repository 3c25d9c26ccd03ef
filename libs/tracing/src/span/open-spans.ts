/**
 * The spans of an app that wait for the end of a response, a call or a subscription. Each is kept as the
 * function that ends it. Those still open when the app closes are ended then, so that they are exported
 * (rule 22).
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
