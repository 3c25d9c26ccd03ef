/** The parts of a frame of a V8 CPU profile that say to which package it belongs. */
export interface Frame {
  readonly functionName: string;
  readonly url: string;
}

/**
 * The package of a frame: the name of an npm package, `nestjs-tracing/record` for a folder of this library,
 * `node:http2` for a module of Node, `(native)` or `(garbage collector)`. A frame in which the process waits
 * has none.
 */
export function packageOf({ functionName, url }: Frame): string | undefined {
  if (functionName === '(idle)' || functionName === '(root)') return undefined;
  if (functionName === '(garbage collector)') return functionName;
  if (url === '') return '(native)';
  if (url.startsWith('node:')) return nodeModule(url);
  const ours = /(?:\/libs\/tracing|\/node_modules\/nestjs-tracing)\/dist\/[^/]+\/(.+)$/.exec(url);
  if (ours !== null) return folderOfLibrary(ours[1]!);
  const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url);
  return installed?.[1] ?? '(app)';
}

/** `node:internal/http2/core` belongs to `node:http2`. */
function nodeModule(url: string): string {
  const [first, second] = url.slice('node:'.length).split('/');
  return `node:${first === 'internal' ? second : first}`;
}

function folderOfLibrary(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? 'nestjs-tracing' : `nestjs-tracing/${path.slice(0, slash)}`;
}
