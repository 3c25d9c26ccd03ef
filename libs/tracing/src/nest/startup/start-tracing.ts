import { Logger } from '@nestjs/common';
import type { NestTracingApp } from '../nest-tracing-app.js';
import { loadBackend } from '../../backends/backends.js';
import { readSettings } from '../../options/read-settings.js';
import type { Settings } from '../../options/settings.js';
import type { TracingOptions } from '../../options/tracing-options.js';
import type { Sdk } from '../../sdk/sdk.js';
import { startSdk } from '../../sdk/start-sdk.js';

export type StartTracing = (options: TracingOptions) => Started | Promise<Started>;

interface Started {
  readonly settings: Settings;
  /** Invalid or contradictory settings, to be logged. */
  readonly warnings: readonly string[];
  readonly sdk: Sdk;
  /** Called with the app when it has been created. */
  readonly onApp?: (app: NestTracingApp) => void;
}

/** Reads the settings and starts the SDK. */
export const startTracing: StartTracing = async (options) => {
  const { settings, warnings } = readSettings(options);
  const sdk = startSdk(settings, await loadBackend(settings, warn));
  return { settings, warnings: [...warnings, ...diagnosticsOf(sdk, settings)], sdk };
};

function warn(message: string): void {
  new Logger('TracingModule').warn(message);
}

/** Options that have no effect with an external tracer provider. */
const providerOptions = [
  'endpoint',
  'sampling',
  'spanProcessors',
  'resource',
  'logGroups',
  'annotate',
] as const;

function diagnosticsOf({ problem, isExternal }: Sdk, { sources }: Settings): string[] {
  if (problem !== undefined) return [problem];
  const unused = isExternal ? providerOptions.filter((option) => sources[option] === 'option') : [];
  if (unused.length === 0) return [];
  return [
    `The app uses a tracer provider that was registered before TracingModule, so these options of ` +
      `TracingModule.forRoot() have no effect: ${unused.join(', ')}. Configure them on that provider.`,
  ];
}
