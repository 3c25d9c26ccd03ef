import { optionNames, optionTable } from './option-table.js';
import type { SettingsIssue } from './settings-errors.js';
import type { TracingOptions } from './tracing-options.js';

/** Names that are no options: most often a slip of the keyboard. */
export function unknownOptions(options: TracingOptions): SettingsIssue[] {
  return Object.keys(options)
    .filter((option) => !Object.hasOwn(optionTable, option))
    .map((option) => {
      const near = optionNames.find((name) => isNear(name, option));
      const mend =
        near === undefined ? `There are ${optionNames.join(', ')}.` : `Did you mean ${near}?`;
      return { option, message: `there is no such option. ${mend}` };
    });
}

/** Equal but for case or the order of letters, or one edit (a letter changed, added, left out) apart. */
function isNear(a: string, b: string): boolean {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  if (letters(x) === letters(y)) return true;
  if (Math.abs(x.length - y.length) > 1) return false;
  let at = 0;
  while (at < x.length && x[at] === y[at]) at++;
  const rest = (text: string, skip: number): string => text.slice(at + skip);
  return rest(x, 1) === rest(y, 1) || rest(x, 0) === rest(y, 1) || rest(x, 1) === rest(y, 0);
}

function letters(text: string): string {
  return [...text].toSorted().join('');
}
