import type { SettingsIssue } from './settings-errors.js';
import type { TracingOptions } from './tracing-options.js';

const known: Record<keyof TracingOptions, true> = {
  service: true,
  backend: true,
  endpoint: true,
  logGroups: true,
  sampling: true,
  logger: true,
  publicEndpoint: true,
  propagateTo: true,
  annotate: true,
  ignore: true,
  handlerSpans: true,
  instrumentations: true,
  spanProcessors: true,
  resource: true,
  shutdownTimeout: true,
};

/** Names that are no options: most often a slip of the keyboard. */
export function unknownOptions(options: TracingOptions): SettingsIssue[] {
  return Object.keys(options)
    .filter((option) => !Object.hasOwn(known, option))
    .map((option) => {
      const near = Object.keys(known).find((name) => isNear(name, option));
      const mend =
        near === undefined
          ? `There are ${Object.keys(known).join(', ')}.`
          : `Did you mean ${near}?`;
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
