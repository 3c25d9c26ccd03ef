import { diag } from '@opentelemetry/api';
import { VERSION } from '../span/process-state.js';

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
 * Calls for the same member share one replacement, across both builds of this version; another version of
 * this package replaces the replacement. When all of them have been undone, in any order, the member is
 * what it was before: own, inherited, or missing. If a third party has wrapped the replacement in the
 * meantime, the replacement stays, so it must only call the original when no app runs.
 *
 * The target is held weakly.
 */
export function patch<T extends object, K extends keyof T>(
  target: T,
  key: K,
  replace: (original: T[K]) => T[K],
): Undo {
  return patchProperty(target, key, (read) => ({
    writable: true,
    value: replace(read() as T[K]),
  }));
}

/**
 * Replaces a member like `patch`, by a property that may be an accessor. `read` returns the value of the
 * original at that time, which may be an accessor too.
 */
export function patchProperty(
  target: object,
  key: PropertyKey,
  replace: (read: () => unknown) => PropertyDescriptor,
): Undo {
  const patches = patchesOf(target) ?? markAsPatched(target);
  const stack = patches.get(key) ?? [];
  patches.set(key, stack);
  const found = stack.find(isOfThisVersion);
  if (found === undefined) stack.push(install(target, key, replace));
  else found.users++;
  const reference = new WeakRef(target);
  let isUndone = false;
  return () => {
    const patched = reference.deref();
    if (!isUndone && patched !== undefined) release(patched, key);
    isUndone = true;
  };
}

/** Plain data that all versions of this package share: its shape is fixed. */
interface Patch {
  readonly version: string;
  /** How many calls have not been undone. */
  users: number;
  /** The own property that was there before; undefined if the member was inherited, or missing. */
  readonly original: PropertyDescriptor | undefined;
  readonly replacement: PropertyDescriptor;
}

/** On an object with replaced members. */
const symbol = Symbol.for('nestjs-tracing.patches');

/** The replacements of each member, one for each version of this package, the outermost last. */
type Patches = Map<PropertyKey, Patch[]>;

function isOfThisVersion({ version }: Patch): boolean {
  return version === VERSION;
}

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
  replace: (read: () => unknown) => PropertyDescriptor,
): Patch {
  const original = Object.getOwnPropertyDescriptor(target, key);
  const value: unknown = Reflect.get(target, key);
  Object.defineProperty(target, key, {
    configurable: true,
    enumerable: original?.enumerable ?? false,
    ...replace(() => (original?.get === undefined ? value : original.get.call(target))),
  });
  const replacement = Object.getOwnPropertyDescriptor(target, key) ?? {};
  return { version: VERSION, users: 1, original, replacement };
}

function release(target: object, key: PropertyKey): void {
  const patches = patchesOf(target);
  const stack = patches?.get(key);
  const found = stack?.find(isOfThisVersion);
  if (patches === undefined || stack === undefined || found === undefined) return;
  found.users--;
  for (let outer = stack.at(-1); outer?.users === 0; outer = stack.at(-1)) {
    const { original, replacement } = outer;
    const current = Object.getOwnPropertyDescriptor(target, key);
    if (current?.value !== replacement.value || current?.get !== replacement.get) return;
    if (original === undefined) Reflect.deleteProperty(target, key);
    else Object.defineProperty(target, key, original);
    stack.pop();
  }
  if (stack.length > 0) return;
  patches.delete(key);
  if (patches.size === 0) Reflect.deleteProperty(target, symbol);
}
