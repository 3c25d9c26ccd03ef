type Functions = Readonly<Record<string, (...args: string[]) => string>>;

/**
 * Stands in for ecspresso (Go's text/template) as far as our files use it: `{{ name argument ... }}`,
 * where an argument is `` `text` `` or such a call in parentheses. Anything else is an error.
 */
export function renderTemplate(template: string, functions: Functions): string {
  return template.replaceAll(/\{\{(.*?)\}\}/gs, (_, expression: string) => {
    const tokens = expression.match(/`[^`]*`|[()]|[^\s()`]+/g) ?? [];
    const value = call(tokens, functions);
    if (tokens.length > 0) throw new Error(`{{${expression}}}: more than one call`);
    return value;
  });
}

/** Takes the tokens of one call off the list. */
function call(tokens: string[], functions: Functions): string {
  const name = tokens.shift() ?? '';
  const implementation = functions[name];
  if (!implementation) throw new Error(`{{ ${name} }} is no function`);
  const args: string[] = [];
  while (tokens.length > 0 && tokens[0] !== ')') {
    const token = tokens.shift()!;
    if (token === '(') {
      args.push(call(tokens, functions));
      if (tokens.shift() !== ')') throw new Error(`{{ ${name} }}: a parenthesis is open`);
    } else if (token.startsWith('`')) args.push(token.slice(1, -1));
    else throw new Error(`{{ ${name} ${token} }}: expected text in backquotes`);
  }
  return implementation(...args);
}
