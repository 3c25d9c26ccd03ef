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
