import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import type { TreePart } from '@shop/otlp';

type Format = Parameters<typeof styleText>[0];

const STYLES: Record<TreePart, Format> = {
  service: 'cyan',
  kind: 'dim',
  span: 'bold',
  time: 'yellow',
  ok: 'green',
  error: 'red',
  log: 'dim',
  guide: 'dim',
};

/** What the demo says. Colours only for a terminal, and not where NO_COLOR is set. */
export class Narrator {
  readonly #out: Writable;

  constructor(out: Writable) {
    this.#out = out;
  }

  line(text = ''): void {
    this.#out.write(`${text}\n`);
  }

  title(text: string): void {
    this.line(this.style('bold', text));
  }

  good(text: string): void {
    this.line(this.style('green', text));
  }

  bad(text: string): void {
    this.line(this.style('red', text));
  }

  readonly paint = (part: TreePart, text: string): string => this.style(STYLES[part], text);

  style(format: Format, text: string): string {
    return styleText(format, text, { stream: this.#out });
  }
}
