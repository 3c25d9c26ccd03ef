/** A tree has one line a span: stacks and long messages are cut at their first line. */
export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
