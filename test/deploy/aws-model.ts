import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** A type of `@aws-sdk/client-ecs`, and what is to be of it. */
export type Claim = readonly [type: string, value: unknown];

const file = fileURLToPath(new URL('claims.ts', import.meta.url));

/**
 * What AWS's model of ECS, as the types of its SDK, has against each: unknown keys, missing ones,
 * wrong types, and words it does not know.
 */
export function faultsOf(claims: readonly Claim[]): string[][] {
  const lines = claims.map(([type, value]) => `(${JSON.stringify(value)}) satisfies ${type};`);
  const source = ["import type * as ecs from '@aws-sdk/client-ecs';", ...lines].join('\n');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...more) =>
    name === file
      ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022)
      : getSourceFile.call(host, name, ...more);
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([file], options, host));
  const faults: string[][] = claims.map(() => []);
  for (const { file: where, start, messageText } of diagnostics) {
    const message = ts.flattenDiagnosticMessageText(messageText, '\n');
    const line = where?.fileName === file ? where.getLineAndCharacterOfPosition(start!).line : 0;
    if (line === 0) throw new Error(message);
    faults[line - 1]!.push(message);
  }
  return faults;
}
