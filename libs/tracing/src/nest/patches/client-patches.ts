import { type Provider, Logger } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { startingApps } from '../startup/starting-apps.js';
import { Undos, type Undo } from '../../app/patch.js';
import { describeError } from '../../span/errors/describe-error.js';
import type { TracingApp } from '../../span/tracing-app.js';

/**
 * The patches of Nest's clients, which are applied while an app runs or starts.
 *
 * A constructor may create a stub before the tracing of its app has started, so clients are patched when
 * Nest scans the modules. Nest does not say that a scan has failed, or to which app it belongs. So the
 * patches of a scan are undone when an app has applied its own, when a start fails, and when what Nest got
 * from the scan has been garbage collected.
 */
class ClientPatches {
  private readonly patches: (() => Undo)[] = [];
  private ofScan: Undos | undefined;
  private scans = 0;
  private readonly garbage = new FinalizationRegistry<undefined>(() => {
    if (--this.scans === 0) this.endScan();
  });

  /** @param apply patches one kind of client; it is called for each scan and for each app */
  add(apply: () => Undo): void {
    this.patches.push(apply);
    // The package of these clients is loaded during a scan, which is in progress.
    this.ofScan?.add(apply());
  }

  /**
   * Applies the patches while Nest scans an app.
   * @returns a provider that watches the start of that app
   */
  scan(): Provider {
    this.ofScan ??= this.apply();
    const watch = (modules: ModulesContainer): void =>
      startingApps.watch(modules, () => this.endScan());
    this.scans++;
    this.garbage.register(watch, undefined);
    return {
      provide: Symbol('nestjs-tracing: the scan'),
      useFactory: watch,
      inject: [ModulesContainer],
    };
  }

  hold(app: TracingApp): void {
    const undos = this.apply();
    app.onStop(() => {
      undos.run();
      this.endScan();
    });
    this.endScan();
  }

  /** The app that was scanned has applied its own patches, or its start has failed. */
  endScan(): void {
    this.ofScan?.run();
    this.ofScan = undefined;
  }

  private apply(): Undos {
    const undos = new Undos();
    for (const apply of this.patches) undos.add(apply());
    return undos;
  }
}

export const clientPatches = new ClientPatches();

/** Loads code that needs an optional package. Returns undefined if it is missing; warns if it is broken. */
export async function loadOptional<T>(
  what: string,
  load: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await load();
  } catch (error) {
    if (!isNotInstalled(error)) {
      const { message } = describeError(error);
      new Logger('TracingModule').warn(`${what} is not traced: it could not be loaded: ${message}`);
    }
    return undefined;
  }
}

/** Checks the code and the message: errors that Jest throws are not instances of a test's `Error`. */
function isNotInstalled(error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown };
  return (
    (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') &&
    /'(@nestjs\/microservices|@grpc\/grpc-js)'/.test(describeError(error).message)
  );
}
