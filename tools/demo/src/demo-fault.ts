/** Why the demo ends without having shown what it must, in words for the one who started it. */
export class DemoFault extends Error {
  /** Exit status: 1 something failed, 2 it was started wrongly, 128 + n for signal n. */
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.name = 'DemoFault';
    this.status = status;
  }
}
