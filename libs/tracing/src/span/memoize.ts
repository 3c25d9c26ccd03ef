/** The longest key that is kept, in characters. Longer keys are unlikely to come again. */
const LONGEST_KEY = 255;

/**
 * Memoizes a function whose arguments are few and recur often. When `limit` results are kept, all are
 * dropped, so memory is bounded.
 */
export function memoize<T>(ask: (key: string) => T, limit = 1000): (key: string) => T {
  const answers = new Map<string, T>();
  return (key) => {
    if (key.length > LONGEST_KEY) return ask(key);
    let answer = answers.get(key);
    if (answer === undefined) {
      answer = ask(key);
      if (answers.size >= limit) answers.clear();
      answers.set(key, answer);
    }
    return answer;
  };
}
