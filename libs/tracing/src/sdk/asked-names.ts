import type { Undo } from '../span/app/undos.js';

/** The names under which a tracer provider was asked for tracers. */
export class AskedNames {
  private readonly names = new Set<string>();
  private readonly listeners = new Set<(name: string) => void>();

  has(name: string): boolean {
    return this.names.has(name);
  }

  note(name: string): void {
    if (this.names.has(name)) return;
    this.names.add(name);
    for (const listener of this.listeners) listener(name);
  }

  /** Calls a function for each new name, until the function that it returns is called. */
  onNew(listener: (name: string) => void): Undo {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
