import type { TracingApp } from './tracing-app.js';

/**
 * The apps that run. One that records nothing is held weakly: unit tests build modules and often
 * never close them.
 */
class RunningApps {
  private held: { readonly app: TracingApp | undefined }[] = [];

  add(app: TracingApp): void {
    this.held = this.held.filter((one) => one.app !== undefined);
    this.held.push(app.settings.backend === 'none' ? weakly(app) : { app });
  }

  /** Whether it was there. */
  delete(app: TracingApp): boolean {
    const wasHere = this.has(app);
    this.held = this.held.filter((one) => one.app !== undefined && one.app !== app);
    return wasHere;
  }

  has(app: TracingApp): boolean {
    return this.held.some((one) => one.app === app);
  }

  /** The app where just one runs, which is the rule: every call of a traced method asks for it. */
  get only(): TracingApp | undefined {
    return this.held.length === 1 ? this.held[0]?.app : undefined;
  }

  get all(): readonly TracingApp[] {
    return this.held.flatMap(({ app }) => app ?? []);
  }
}

function weakly(app: TracingApp): { readonly app: TracingApp | undefined } {
  const reference = new WeakRef(app);
  return {
    get app() {
      return reference.deref();
    },
  };
}

/** One for the process, shared by both builds of this package, should it load them both. */
const key = Symbol.for('nestjs-tracing.running-apps');
const state = globalThis as { [key]?: RunningApps };

export const runningApps: RunningApps = (state[key] ??= new RunningApps());
