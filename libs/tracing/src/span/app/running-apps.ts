import type { TracingApp } from '../tracing-app.js';

/**
 * The apps that run. One that records nothing is held weakly: unit tests build modules and often
 * never close them.
 */
class RunningApps {
  private recording: readonly TracingApp[] = [];
  private passing: readonly WeakRef<TracingApp>[] = [];

  add(app: TracingApp): void {
    if (app.settings.backend === 'none') this.passing = [...this.others(), new WeakRef(app)];
    else this.recording = [...this.recording, app];
  }

  /** Whether it was there. */
  delete(app: TracingApp): boolean {
    const wasHere = this.has(app);
    this.recording = this.recording.filter((one) => one !== app);
    this.passing = this.others(app);
    return wasHere;
  }

  has(app: TracingApp): boolean {
    return this.all.includes(app);
  }

  /** Whether there is one that may record: every call of a traced method asks. */
  get mayRecord(): boolean {
    return this.recording.length > 0;
  }

  /** The app, where just one runs, and that may record. */
  get only(): TracingApp | undefined {
    return this.recording.length === 1 && this.passing.length === 0 ? this.recording[0] : undefined;
  }

  get all(): readonly TracingApp[] {
    return [...this.recording, ...this.passing.flatMap((one) => one.deref() ?? [])];
  }

  /** Those that are not gone, without one. */
  private others(app?: TracingApp): WeakRef<TracingApp>[] {
    return this.passing.filter((one) => {
      const found = one.deref();
      return found !== undefined && found !== app;
    });
  }
}

/** One for the process, shared by both builds of this package, should it load them both. */
const key = Symbol.for('nestjs-tracing.running-apps');
const state = globalThis as { [key]?: RunningApps };

export const runningApps: RunningApps = (state[key] ??= new RunningApps());
