/** The longest key that is kept, in characters. Longer keys are unlikely to come again. */
const LONGEST_KEY = 255;

/**
 * Memoizes a function whose arguments are few and recur often. When `limit` results are kept, all are
 * dropped, so memory is bounded.
 */
export function memoize<T>(compute: (key: string) => T, limit = 1000): (key: string) => T {
  const results = new Map<string, T>();
  // The same key often comes again: comparing it takes less time than computing its hash.
  let latestKey: string | undefined;
  let latest: T;
  return (key) => {
    if (key === latestKey) return latest;
    if (key.length > LONGEST_KEY) return compute(key);
    let result = results.get(key);
    if (result === undefined) {
      result = compute(key);
      if (results.size >= limit) results.clear();
      results.set(key, result);
    }
    latestKey = key;
    latest = result;
    return result;
  };
}
