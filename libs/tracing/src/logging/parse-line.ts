type Fields = Record<string, unknown>;

/**
 * The fields of a line. Undefined for what is no object of JSON: a stream hook of the app may write
 * anything.
 *
 * @param isExact whether a number that JavaScript cannot hold is kept by its text, which takes longer
 */
export function parseLine(text: string, isExact: boolean): Fields | undefined {
  try {
    const fields: unknown = isExact ? JSON.parse(text, keepNumber as never) : JSON.parse(text);
    return typeof fields === 'object' && fields !== null ? (fields as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a number may be another one than its text says. */
export function isInexact(value: number): boolean {
  return Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value);
}

/** What ECMAScript has since 2025, and the types do not know yet: numbers by their text. */
interface RawJson {
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}
const { rawJSON, isRawJSON } = JSON as unknown as RawJson;

function keepNumber(_key: string, value: unknown, { source = '' }: { source?: string }): unknown {
  return typeof value === 'number' && isInexact(value) ? rawJSON(source) : value;
}

/** The text of a number that was kept; undefined for anything else. */
export function textOfNumber(value: unknown): string | undefined {
  return isRawJSON(value) ? value.rawJSON : undefined;
}
