/** A text that is longer may be anything, and is not kept. */
const LONGEST_KEY = 255;

/**
 * Keeps the answers of a function, for arguments of which there are few and which come often. Where
 * there are more than expected it begins anew, so its memory is bounded.
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
