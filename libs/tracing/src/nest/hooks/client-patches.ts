import type { Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { startingApps } from '../start/starting-apps.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { Undos, type Undo } from '../../span/app/undos.js';

/**
 * The patches of Nest's clients, while apps run or are about to.
 *
 * Nest makes stubs while it makes the app, and maybe before the tracing of that app: so the clients are
 * patched when Nest scans the modules. Nothing tells that a scan has failed, or to which app it belongs: the
 * patches of a scan last until an app has its own, and at the latest until no app runs any more and what
 * Nest got from the scan is garbage.
 */
class ClientPatches {
  private readonly patches: (() => Undo)[] = [];
  private ofScan: Undos | undefined;
  private scans = 0;
  private readonly garbage = new FinalizationRegistry<undefined>(() => {
    if (--this.scans === 0) this.endScan();
  });

  /** @param apply patches one kind of client, and is called whenever that is needed */
  add(apply: () => Undo): void {
    this.patches.push(apply);
    // It was loaded while the scan went on.
    this.ofScan?.add(apply());
  }

  /** Nest scans an app. @returns a provider, by which it is known what becomes of that */
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

  /** The app that was scanned has its own patches by now, or does not come. */
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
