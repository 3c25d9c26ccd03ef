/** Whether a text is one of the exact strings, or matches one of the expressions. */
export function matches(text: string, patterns: readonly (string | RegExp)[]): boolean {
  return patterns.some((pattern) =>
    typeof pattern === 'string' ? pattern === text : text.search(pattern) !== -1,
  );
}
