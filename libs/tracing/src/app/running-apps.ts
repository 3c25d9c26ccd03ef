import { context, trace, type Context } from '@opentelemetry/api';
import { DeferredSpan } from '../span/deferred-span.js';
import { processState, VERSION } from '../span/process-state.js';
import { requestScope } from '../span/scope.js';
import type { TracingApp } from '../span/tracing-app.js';

interface Running {
  readonly mayRecord: boolean;
  readonly app: WeakRef<TracingApp>;
  /** The same app, while it is held strongly. */
  held?: TracingApp;
}

/**
 * The running apps, the oldest first. An app is held weakly until it has started, because Nest does not
 * report that a start has failed. An app that records nothing is always held weakly: unit tests build
 * modules and often never close them.
 */
class RunningApps {
  private running: readonly Running[] = [];
  private recording = 0;

  add(app: TracingApp): void {
    const mayRecord = app.settings.backend !== 'none';
    this.set([...this.running, { mayRecord, app: new WeakRef(app) }]);
  }

  /** Holds an app strongly until it is deleted. */
  hold(app: TracingApp): void {
    const found = this.running.find((one) => dereference(one) === app);
    if (found?.mayRecord === true) found.held = app;
  }

  /** @returns whether the app was running */
  delete(app: TracingApp): boolean {
    const wasHere = this.has(app);
    this.set(this.running.filter((one) => dereference(one) !== app));
    return wasHere;
  }

  /** Removes apps that have been garbage collected. */
  forgetLost(): void {
    this.set(this.running);
  }

  has(app: TracingApp): boolean {
    return this.running.some((one) => dereference(one) === app);
  }

  /** Whether any running app may record. Every call of a traced method reads this. */
  get mayRecord(): boolean {
    return this.recording > 0;
  }

  /** The app, if exactly one is running, of any version of this package. */
  get only(): TracingApp | undefined {
    const [one] = this.running;
    // The version of a running app is in the set.
    const isOnly = one !== undefined && this.running.length === 1 && versions.size === 1;
    return isOnly ? dereference(one) : undefined;
  }

  /** Whether apps of other versions of this package run, which trace what belongs to them. */
  get hasOtherVersions(): boolean {
    return versions.size > (versions.has(VERSION) ? 1 : 0);
  }

  get all(): readonly TracingApp[] {
    return this.running.flatMap((one) => dereference(one) ?? []);
  }

  private set(running: readonly Running[]): void {
    this.running = running.filter((one) => dereference(one) !== undefined);
    if (this.running.length > 0) versions.add(VERSION);
    else versions.delete(VERSION);
    this.recording = this.running.filter(({ mayRecord }) => mayRecord).length;
  }
}

function dereference({ held, app }: Running): TracingApp | undefined {
  return held ?? app.deref();
}

/** The versions of this package that have running apps. All versions share the set: its shape is fixed. */
const key = Symbol.for('nestjs-tracing.versions');
const versions = ((globalThis as { [key]?: Set<string> })[key] ??= new Set());

/** The apps of both builds of this version. */
export const runningApps: RunningApps = processState('running apps', () => new RunningApps());

/**
 * Returns the app to which the current work belongs: the only running app, else that of the active request
 * or span, else the one that provides the class or created the instance. Undefined if none of these
 * decides.
 */
export function currentApp(type?: Function, instance?: object): TracingApp | undefined {
  const { only } = runningApps;
  if (only !== undefined) return only;
  const active = appOf(context.active());
  if (active !== undefined) return active;
  const apps = runningApps.all;
  if (apps.length < 2 && !runningApps.hasOtherVersions) return apps[0];
  const providing = apps.filter((app) => type !== undefined && app.moduleOf(type) !== undefined);
  if (providing.length < 2) return providing[0];
  return providing.find((app) => instance !== undefined && app.hasCreated(instance));
}

/** Returns the running app to which the request or the span of a context belongs; undefined if unknown. */
export function appOf(context: Context): TracingApp | undefined {
  const app = requestScope(context)?.app ?? appOfSpan(trace.getSpan(context));
  return app !== undefined && runningApps.has(app) ? app : undefined;
}

/** Returns the app that created a span, running or not; undefined for a third-party span. */
export function appOfSpan(span: unknown): TracingApp | undefined {
  return span instanceof DeferredSpan ? span.app : undefined;
}
