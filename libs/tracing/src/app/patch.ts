import { diag } from '@opentelemetry/api';

export type Undo = () => void;

/** Functions that undo changes of the process. The last change is undone first. */
export class Undos {
  private readonly undos: Undo[] = [];
  private isOver = false;

  /** Adds an undo. It runs at once if the others have run already. */
  add(undo: Undo): void {
    if (this.isOver) run(undo);
    else this.undos.push(undo);
  }

  /** Runs all of them, once. If one throws, the others still run. */
  run(): void {
    this.isOver = true;
    for (let undo = this.undos.pop(); undo !== undefined; undo = this.undos.pop()) run(undo);
  }
}

function run(undo: Undo): void {
  try {
    undo();
  } catch (error) {
    diag.error('A change of nestjs-tracing could not be undone', error);
  }
}

/**
 * Replaces a member of a third-party object until the returned function is called.
 *
 * Calls for the same member share one replacement, across both builds of this package. When all of them
 * have been undone, the member is what it was before: own, inherited, or missing. If a third party has
 * wrapped the replacement in the meantime, the replacement stays, so it must only call the original when no
 * app runs.
 *
 * The target is held weakly.
 */
export function patch<T extends object, K extends keyof T>(
  target: T,
  key: K,
  replace: (original: T[K]) => T[K],
): Undo {
  return patchProperty(target, key, (original) => ({
    writable: true,
    value: replace(original as T[K]),
  }));
}

/** Replaces a member like `patch`, by a property that may be an accessor. */
export function patchProperty(
  target: object,
  key: PropertyKey,
  replace: (original: unknown) => PropertyDescriptor,
): Undo {
  const patches = patchesOf(target) ?? markAsPatched(target);
  const found = patches.get(key);
  if (found === undefined) patches.set(key, install(target, key, replace));
  else found.users++;
  const reference = new WeakRef(target);
  let isUndone = false;
  return () => {
    const patched = reference.deref();
    if (!isUndone && patched !== undefined) release(patched, key);
    isUndone = true;
  };
}

interface Patch {
  /** How many calls have not been undone. */
  users: number;
  /** The own property that was there before; undefined if the member was inherited, or missing. */
  readonly original: PropertyDescriptor | undefined;
  readonly replacement: PropertyDescriptor;
}

/** On an object with replaced members. Both builds of this package share it. */
const symbol = Symbol.for('nestjs-tracing.patches');

type Patches = Map<PropertyKey, Patch>;

function patchesOf(target: object): Patches | undefined {
  return Object.getOwnPropertyDescriptor(target, symbol)?.value as Patches | undefined;
}

function markAsPatched(target: object): Patches {
  const patches: Patches = new Map();
  Object.defineProperty(target, symbol, { configurable: true, value: patches });
  return patches;
}

function install(
  target: object,
  key: PropertyKey,
  replace: (original: unknown) => PropertyDescriptor,
): Patch {
  const original = Object.getOwnPropertyDescriptor(target, key);
  Object.defineProperty(target, key, {
    configurable: true,
    enumerable: original?.enumerable ?? false,
    ...replace(Reflect.get(target, key)),
  });
  const replacement = Object.getOwnPropertyDescriptor(target, key) ?? {};
  return { users: 1, original, replacement };
}

function release(target: object, key: PropertyKey): void {
  const patches = patchesOf(target);
  const found = patches?.get(key);
  if (patches === undefined || found === undefined || --found.users > 0) return;
  const { original, replacement } = found;
  const current = Object.getOwnPropertyDescriptor(target, key);
  if (current?.value !== replacement.value || current?.get !== replacement.get) return;
  if (original === undefined) Reflect.deleteProperty(target, key);
  else Object.defineProperty(target, key, original);
  patches.delete(key);
  if (patches.size === 0) Reflect.deleteProperty(target, symbol);
}
