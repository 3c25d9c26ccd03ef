import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { Settings } from '../options/settings.js';
import { appRequire, tracedModules, activeInstrumentations, registered } from './registered.js';

/** Returns the dependencies in the app's package.json. */
function dependenciesOfApp(): readonly string[] {
  try {
    const file = findPackageJSON(pathToFileURL(process.argv[1] ?? process.cwd()));
    if (file === undefined) return [];
    const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies?: object };
    return Object.keys(dependencies ?? {});
  } catch {
    return []; // a bundle without a package.json
  }
}

/** Whether a package was loaded as CommonJS, by `require` or `import`. */
function isLoaded(name: string): boolean {
  return Object.keys(appRequire().cache).some((file) =>
    file.replaceAll('\\', '/').includes(`/node_modules/${name}/`),
  );
}

/** Drivers and SDKs that create no spans themselves, and the packages that instrument them. */
const drivers: readonly (readonly [driver: RegExp, instrumentation: string])[] = [
  [/^pg$/, '@opentelemetry/instrumentation-pg'],
  [/^mysql2$/, '@opentelemetry/instrumentation-mysql2'],
  [/^mysql$/, '@opentelemetry/instrumentation-mysql'],
  [/^ioredis$/, '@opentelemetry/instrumentation-ioredis'],
  [/^(redis|@redis\/client)$/, '@opentelemetry/instrumentation-redis'],
  [/^mongodb$/, '@opentelemetry/instrumentation-mongodb'],
  [/^mongoose$/, '@opentelemetry/instrumentation-mongoose'],
  [/^tedious$/, '@opentelemetry/instrumentation-tedious'],
  [/^oracledb$/, '@opentelemetry/instrumentation-oracledb'],
  [/^cassandra-driver$/, '@opentelemetry/instrumentation-cassandra-driver'],
  [/^memcached$/, '@opentelemetry/instrumentation-memcached'],
  [/^@aws-sdk\/(client|lib)-.+/, '@opentelemetry/instrumentation-aws-sdk'],
  [/^kafkajs$/, '@opentelemetry/instrumentation-kafkajs'],
  [/^amqplib$/, '@opentelemetry/instrumentation-amqplib'],
  [/^@prisma\/client$/, '@prisma/instrumentation'],
];

function instrumentationOf(driver: string): string | undefined {
  return drivers.find(([name]) => name.test(driver))?.[1];
}

const REGISTER = 'node --import nestjs-tracing/register';

/** Returns the problems with instrumentations, and how to fix them (rule 25). */
export function instrumentationDiagnostics(settings: Settings): string[] {
  const { instrumentationPackages } = settings;
  const state = registered();
  const isNotRegistered = state === undefined && instrumentationPackages.length > 0;
  return [
    ...(isNotRegistered
      ? [
          `TRACING_INSTRUMENTATIONS names ${instrumentationPackages.join(', ')}, but the process was ` +
            `not started with ${REGISTER}, so none of them is loaded.`,
        ]
      : []),
    ...(state?.diagnostics ?? []),
    ...activeInstrumentations(settings).flatMap(whyNoSpans),
  ];
}

/** Lists the app's drivers without spans, and how to trace them; undefined if there are none. */
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
    `These packages are installed but not traced: ${[...drivers.keys()].join(', ')}. To trace them: ` +
    `npm install ${missing.join(' ')}; set TRACING_INSTRUMENTATIONS=${all.join(',')}; start with ` +
    `${REGISTER}.`
  );
}

/** Explains why an instrumentation creates no spans: it was loaded too late, or is for other versions. */
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
      `${instrumentationName} creates no spans: it supports ${seen.name} ${versions}, but the app uses ` +
        `${seen.moduleVersion}. Install versions that fit together.`,
    ];
  }
  const loaded = modules.find(({ name }) => isLoaded(name));
  if (loaded === undefined) return [];
  return [
    `${instrumentationName} creates no spans: ${loaded.name} was loaded before it. Instead of constructing ` +
      `it in the app, set TRACING_INSTRUMENTATIONS=${instrumentationName} and start with ${REGISTER}.`,
  ];
}
