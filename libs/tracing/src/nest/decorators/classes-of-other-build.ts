import type { Type } from '@nestjs/common';
import { processState } from '../../span/process-state.js';

/**
 * A process may load both builds of this package, and each has classes of its own. Remembers a class
 * under its name, and gives those that the other build has remembered under it: what that injects, an
 * app of this one is to provide.
 */
export function classesOfOtherBuild<T>(name: string, own: Type<T>): () => readonly Type<T>[] {
  const classes = processState(`class ${name}`, () => new Set<Type<T>>());
  classes.add(own);
  return () => [...classes].filter((type) => type !== own);
}
