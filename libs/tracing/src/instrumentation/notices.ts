import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { Settings } from '../settings/settings.js';
import { instrumentationOf } from './drivers.js';
import { dependenciesOfApp, isLoaded } from './installed-packages.js';
import { activeInstrumentations, registered } from './registered.js';
import { tracedModules } from './traced-modules.js';

const REGISTER = 'node --import nestjs-tracing/register';

/** What is wrong with the instrumentations, and how to mend it (rule 25). */
export function instrumentationFaults(settings: Settings): string[] {
  const { instrumentationPackages } = settings;
  const state = registered();
  const isMissed = state === undefined && instrumentationPackages.length > 0;
  return [
    ...(isMissed
      ? [
          `TRACING_INSTRUMENTATIONS names ${instrumentationPackages.join(', ')}, but the process was ` +
            `not started with ${REGISTER}: none of them is there.`,
        ]
      : []),
    ...(state?.faults ?? []),
    ...activeInstrumentations(settings).flatMap(whyNoSpans),
  ];
}

/** Drivers of the app that make no spans, and the lines that mend it; undefined where there are none. */
export function driversWithoutSpans(active: readonly Instrumentation[]): string | undefined {
  const names = new Set(active.map(({ instrumentationName }) => instrumentationName));
  const drivers = new Map(
    dependenciesOfApp().flatMap((driver) => {
      const instrumentation = instrumentationOf(driver);
      const isTraced = instrumentation === undefined || names.has(instrumentation);
      return isTraced ? [] : [[driver, instrumentation] as const];
    }),
  );
  if (drivers.size === 0) return undefined;
  const missing = [...new Set(drivers.values())];
  const all = [...(registered()?.packages.keys() ?? []), ...missing];
  return (
    `Installed, and without spans of their own: ${[...drivers.keys()].join(', ')}. To trace them: ` +
    `npm install ${missing.join(' ')}; set TRACING_INSTRUMENTATIONS=${all.join(',')}; start with ` +
    `${REGISTER}.`
  );
}

/** What keeps an instrumentation from making spans: it came too late, or is for other versions. */
function whyNoSpans(instrumentation: Instrumentation): string[] {
  const modules = tracedModules(instrumentation);
  const isPatched = modules.some(
    ({ moduleExports, files }) =>
      moduleExports !== undefined || files.some((file) => file.moduleExports !== undefined),
  );
  if (isPatched) return [];
  const { instrumentationName } = instrumentation;
  const seen = modules.find(({ moduleVersion }) => moduleVersion !== undefined);
  if (seen !== undefined) {
    const versions = modules.flatMap(({ supportedVersions }) => supportedVersions).join(' || ');
    return [
      `${instrumentationName} makes no spans: it is for ${seen.name} ${versions}, and the app has ` +
        `${seen.moduleVersion}. Take versions of the two that fit.`,
    ];
  }
  const late = modules.find(({ name }) => isLoaded(name));
  if (late === undefined) return [];
  return [
    `${instrumentationName} makes no spans: ${late.name} was loaded before it. Instead of constructing ` +
      `it in the app, set TRACING_INSTRUMENTATIONS=${instrumentationName} and start with ${REGISTER}.`,
  ];
}
