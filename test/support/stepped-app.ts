import { once } from 'node:events';
import { TracedApp, type TracedAppOptions } from './traced-app.ts';

/** A fixture that takes one step at a time, as the test asks for it, and reports the result. */
export class SteppedApp {
  private constructor(readonly app: TracedApp) {}

  static async start(fixture: string, options: TracedAppOptions): Promise<SteppedApp> {
    return new SteppedApp(await TracedApp.start(fixture, options));
  }

  async step(...step: readonly unknown[]): Promise<unknown> {
    const answer = once(this.app.process, 'message', { signal: AbortSignal.timeout(20_000) });
    this.app.process.send(step as never);
    const [{ result }] = (await answer) as [{ result: unknown }];
    return result;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.app[Symbol.asyncDispose]();
  }
}
