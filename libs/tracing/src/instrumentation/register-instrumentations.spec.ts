import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };
const key = Symbol.for(`nestjs-tracing.${version.split('.')[0]}.registered`);

it('a bundled app, with its own copy of the package, finds what `register` has done', async () => {
  try {
    const copy = await import('./register-instrumentations.js');
    const before = await import('./registered.js');
    vi.stubEnv('TRACING_INSTRUMENTATIONS', 'rxjs');
    copy.registerInstrumentations();
    vi.resetModules();
    const other = await import('./registered.js');
    expect(other.registered).not.toBe(before.registered);
    expect(other.registered()).toEqual({
      packages: new Map(),
      faults: ['rxjs exports no class of an OpenTelemetry instrumentation.'],
    });
  } finally {
    vi.unstubAllEnvs();
    expect(Reflect.deleteProperty(globalThis, key)).toBe(true);
  }
});
