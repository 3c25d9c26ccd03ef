import { readFileSync } from 'node:fs';
import ts from 'typescript';

export interface OptionDocs {
  readonly name: string;
  readonly type: string;
  readonly text: string;
  /** What is said of each variable, by its name. */
  readonly variables: ReadonlyMap<string, string>;
  readonly default: string;
}

const file = new URL('../../libs/tracing/src/options/tracing-options.ts', import.meta.url);

/** The doc comments of `TracingOptions`, in their order. */
export function readOptionDocs(): OptionDocs[] {
  const source = ts.createSourceFile(
    file.pathname,
    readFileSync(file, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const options = source.statements.find(
    (one): one is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(one) && one.name.text === 'TracingOptions',
  );
  return [...(options?.members ?? [])].filter(ts.isPropertySignature).map((member) => {
    const comment = ts.getJSDocCommentsAndTags(member).find(ts.isJSDoc);
    const tagged = (name: string): string[] =>
      (comment?.tags ?? [])
        .filter((tag) => tag.tagName.text === name)
        .map((tag) => textOf(tag.comment));
    return {
      name: member.name.getText(),
      type: member.type?.getText() ?? '',
      text: textOf(comment?.comment),
      variables: new Map(tagged('variable').map(splitAtSpace)),
      default: tagged('default').join(),
    };
  });
}

/** The table of the README: an option with its variables, its default, and the first sentence of its docs. */
export function optionsTable(options: readonly OptionDocs[]): string {
  return [
    '| option of `forRoot` | variable | default | meaning |',
    '| --- | --- | --- | --- |',
    ...options.map(({ name, variables, default: text, ...docs }) =>
      row(
        [
          `\`${name}\``,
          [...variables.keys()].map((one) => `\`${one}\``).join(', '),
          firstSentence(text),
          firstSentence(docs.text),
        ].map((cell) => cell.replaceAll('|', String.raw`\|`)),
      ),
    ),
  ].join('\n');
}

/** The section of each option in docs/settings.md. */
export function optionSections(options: readonly OptionDocs[]): string {
  return options
    .map(({ name, type, text, variables, default: otherwise }) =>
      [
        `### \`${name}\``,
        '',
        text,
        '',
        `- Type: \`${type}\``,
        ...[...variables].map(([variable, said]) => `- Variable \`${variable}\`: ${ended(said)}`),
        `- Default: ${ended(otherwise)}`,
      ].join('\n'),
    )
    .join('\n\n');
}

/** A page with what stands between its markers replaced. */
export function withBlock(page: string, block: string): string {
  const markers = /(<!-- options: [^]*? -->\n)[^]*?(\n<!-- end of options -->)/;
  if (!markers.test(page)) throw new Error('The page has no markers for the options');
  return page.replace(markers, (_, start: string, end: string) => `${start}\n${block}\n${end}`);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function textOf(comment: Parameters<typeof ts.getTextOfJSDocComment>[0]): string {
  return (ts.getTextOfJSDocComment(comment) ?? '').replaceAll(/\s+/g, ' ').trim();
}

function splitAtSpace(text: string): [first: string, rest: string] {
  const at = text.indexOf(' ');
  return [text.slice(0, at), text.slice(at + 1)];
}

function firstSentence(text: string): string {
  return /^.*?(?=\.(?: |$)|$)/.exec(text)?.[0] ?? text;
}

function ended(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
