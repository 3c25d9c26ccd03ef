import type { Instrumentation } from '@opentelemetry/instrumentation';
import { expect, it } from 'vitest';
import type { Settings } from '../options/settings.js';
import { driversWithoutSpans, instrumentationDiagnostics } from './third-party.js';

/** What an instrumentation has seen of the module that it traces. */
const instrumentation = (seen: object, name = 'vitest'): Instrumentation => {
  const module = { name, supportedVersions: ['>=1 <2'], files: [], ...seen };
  const given: object = { instrumentationName: 'instrumentation-of-it', _modules: [module] };
  return given as Instrumentation;
};
const diagnostics = (...instrumentations: Instrumentation[]): string[] =>
  instrumentationDiagnostics({
    instrumentations,
    instrumentationPackages: [],
  } as object as Settings);

it('rule 25: an instrumentation for other versions is reported', () => {
  expect(diagnostics(instrumentation({ moduleVersion: '5.1.1' }))).toEqual([
    'instrumentation-of-it creates no spans: it supports vitest >=1 <2, but the app uses 5.1.1. Install ' +
      'versions that fit together.',
  ]);
});

it('rule 25: one that has patched its module, or whose module nobody has loaded, is fine', () => {
  expect(
    diagnostics(
      instrumentation({ moduleVersion: '1.1.1', moduleExports: {} }),
      instrumentation({}, 'nobody-loads-this'),
      instrumentation({ moduleVersion: '1.1.1', files: [{ moduleExports: {} }] }),
      { instrumentationName: 'of its own kind' } as object as Instrumentation,
    ),
  ).toEqual([]);
});

it('drivers that the app does not have are not named', () => {
  expect(driversWithoutSpans([])).toBeUndefined();
});
