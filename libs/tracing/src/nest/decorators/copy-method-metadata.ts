/// <reference types="reflect-metadata" />
import { sharedSymbol } from '../../span/process-state.js';

/** Marks the wrapper of a method that a decorator or the module has created. */
const traced = sharedSymbol('traced');

export type Method = (this: unknown, ...args: unknown[]) => unknown;

export function isTraced(method: Function): boolean {
  return Object.hasOwn(method, traced);
}

/**
 * Marks a wrapper as traced, and copies name, length, own properties and metadata of the original method, by
 * which Nest finds routes, guards, patterns and parameters (rule 5).
 */
export function asTracedMethod(replacement: Method, original: Function): Method {
  copyMethodMetadata(replacement, original);
  Object.defineProperty(replacement, traced, { value: true });
  return replacement;
}

/** Copies name, length, own properties and metadata of a function to its replacement. */
export function copyMethodMetadata(replacement: Method, original: Function): Method {
  for (const key of Reflect.ownKeys(original)) {
    if (key === 'prototype' || key === 'arguments' || key === 'caller') continue;
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    if (descriptor !== undefined) Object.defineProperty(replacement, key, descriptor);
  }
  for (const key of Reflect.getOwnMetadataKeys(original)) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), replacement);
  }
  return replacement;
}
