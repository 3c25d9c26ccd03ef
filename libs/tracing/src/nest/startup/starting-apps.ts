import type { ModulesContainer } from '@nestjs/core';
import { STATIC_CONTEXT } from '@nestjs/core/injector/constants.js';

/** The time until the first check, which doubles with each further check. */
const FIRST_CHECK_MS = 20;
const LAST_CHECK_MS = 60_000;

interface Start {
  /** Held weakly, so that an app whose start has failed can be garbage collected. */
  readonly modules: WeakRef<ModulesContainer>;
  readonly onFailure: () => void;
}

/**
 * The apps that have not finished starting. When Nest cannot create a provider, it calls no hook, and the
 * caller of `NestFactory.create()` gets no app to close. So the modules are checked now and then, and
 * whenever another app starts.
 */
class StartingApps {
  private readonly starts = new Set<Start>();

  /** @param onFailure is called once if the start fails; it must not hold a reference to the app */
  watch(modules: ModulesContainer, onFailure: () => void): void {
    const start = { modules: new WeakRef(modules), onFailure };
    this.starts.add(start);
    this.checkLater(start, FIRST_CHECK_MS);
  }

  /** Call this when the app has started. */
  forget(modules: ModulesContainer): void {
    for (const start of this.starts) {
      if (start.modules.deref() === modules) this.starts.delete(start);
    }
  }

  checkAll(): void {
    for (const start of this.starts) this.check(start);
  }

  private checkLater(start: Start, after: number): void {
    if (after > LAST_CHECK_MS) return;
    const timer = setTimeout(() => {
      this.check(start);
      if (this.starts.has(start)) this.checkLater(start, after * 2);
    }, after);
    timer.unref();
  }

  private check(start: Start): void {
    const modules = start.modules.deref();
    if (modules !== undefined && !hasFailed(modules)) return;
    this.starts.delete(start);
    if (modules !== undefined) start.onFailure();
  }
}

export const startingApps = new StartingApps();

/** When a class or a factory throws, Nest removes the static instance host of its wrapper. */
function hasFailed(modules: ModulesContainer): boolean {
  return [...modules.values()]
    .flatMap(({ providers, injectables, controllers }) => [
      ...providers.values(),
      ...injectables.values(),
      ...controllers.values(),
    ])
    .some((wrapper) => {
      if (!wrapper.metatype) return false; // a value
      const { instance, isResolved, donePromise } = wrapper.getInstanceByContextId(STATIC_CONTEXT);
      return instance === null && isResolved === true && donePromise === undefined;
    });
}
