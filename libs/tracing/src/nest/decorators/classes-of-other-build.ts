import type { Type } from '@nestjs/common';
import { processState } from '../../span/process-state.js';

/**
 * Stores a class under its name, and returns a function that returns the class that the other build of this
 * version has stored under that name. A process may load both builds, each with its own classes: an app of
 * one build also provides what is injected by the class of the other.
 */
export function classesOfOtherBuild<T>(name: string, own: Type<T>): () => readonly Type<T>[] {
  const classes = processState(`class ${name}`, () => new Set<Type<T>>());
  classes.add(own);
  return () => [...classes].filter((type) => type !== own);
}
