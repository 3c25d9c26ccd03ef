import { diag } from '@opentelemetry/api';

export type Undo = () => void;

/** What was changed in the process, each change with its undo: the last change is undone first. */
export class Undos {
  private readonly undos: Undo[] = [];
  private isOver = false;

  /** Keeps an undo; runs it at once where the others have run already. */
  add(undo: Undo): void {
    if (this.isOver) run(undo);
    else this.undos.push(undo);
  }

  /** Undoes everything, once. One that throws does not keep the others. */
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
