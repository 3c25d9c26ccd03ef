/** A text without what differs from run to run: ports and times, and what a tree tells of times. */
export function steady(text: string): string {
  return text
    .replaceAll(/127\.0\.0\.1:\d{4,5}/g, '127.0.0.1:<port>')
    .replaceAll(/ \(started after its parent had ended\)/g, '')
    .replaceAll(/Deadline exceeded after.*/g, 'Deadline exceeded after <time>')
    .trim();
}
