import { dimensions, type AppKind, type Dimension } from './dimensions.ts';

/** The pairs of values, each of another dimension, that occur in none of the apps. */
export function uncoveredPairs(kinds: readonly AppKind[]): string[] {
  const names = Object.keys(dimensions) as Dimension[];
  return names.flatMap((first, index) =>
    names
      .slice(index + 1)
      .flatMap((second) =>
        dimensions[first].flatMap((one) =>
          dimensions[second]
            .filter((other) => !kinds.some((kind) => kind[first] === one && kind[second] === other))
            .map((other) => `${one} x ${other}`),
        ),
      ),
  );
}
