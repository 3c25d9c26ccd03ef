import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StackFrame } from './segment-document.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A frame's file within the repository, and what stands in its line: only the right line has it. */
export function sourceLine({ path, line }: StackFrame): string {
  const file = relative(root, path);
  // Of a library, the next version has another text.
  if (!/^(dist\/apps|libs)\//.test(file)) return file;
  const text = readFileSync(path, 'utf8').split('\n')[line - 1] ?? '';
  return `${file}: ${text.trim()}`;
}
