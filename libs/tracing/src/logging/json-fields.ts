/** A field at the top of an object of JSON, as text. */
export interface JsonField {
  readonly name: string;
  readonly value: string;
}

/** The fields at the top of an object of JSON, in their order. */
export function jsonFields(object: string): JsonField[] {
  const fields: JsonField[] = [];
  let depth = 0;
  let name = '';
  let start = -1;
  for (let at = 0; at < object.length; at++) {
    const char = object[at];
    if (char === '"') {
      const end = endOfString(object, at);
      if (depth === 1 && start === -1) name = object.slice(at + 1, end);
      at = end;
    } else if (depth === 1 && start === -1 && char === ':') {
      start = at + 1;
    } else if (depth === 1 && start !== -1 && (char === ',' || char === '}')) {
      fields.push({ name, value: object.slice(start, at).trim() });
      start = -1;
      if (char === '}') break;
    } else if (char === '{' || char === '[') {
      depth++;
    } else if (char === '}' || char === ']') {
      depth--;
    }
  }
  return fields;
}

/** Where the string ends that begins at a place: at the next quote that is not escaped. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}
