import type { Type } from '@nestjs/common';

/**
 * A process may load both builds of this package, and each has classes of its own. Remembers a class
 * under its name, and gives those that the other build has remembered under it: what that injects, an
 * app of this one is to provide.
 */
export function classesOfOtherBuild<T>(name: string, own: Type<T>): () => readonly Type<T>[] {
  const key = Symbol.for(`nestjs-tracing.class ${name}`);
  const state = globalThis as { [key]?: Set<Type<T>> };
  const classes = (state[key] ??= new Set());
  classes.add(own);
  return () => [...classes].filter((type) => type !== own);
}
