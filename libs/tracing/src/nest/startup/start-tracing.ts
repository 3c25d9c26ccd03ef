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
  /** What is wrong in the environment. */
  readonly warnings: readonly string[];
  readonly sdk: Sdk;
  /** Is called with the app once it has been created. */
  readonly onApp?: (app: NestTracingApp) => void;
}

/** Reads the settings and starts the SDK. */
export const startTracing: StartTracing = async (options) => {
  const { settings, warnings } = readSettings(options);
  const sdk = startSdk(settings, await loadBackend(settings, tell));
  return { settings, warnings: [...warnings, ...faultsOf(sdk, settings)], sdk };
};

function tell(message: string): void {
  new Logger('TracingModule').warn(message);
}

/** Options that have no effect with an external tracer provider. */
const decided = [
  'endpoint',
  'sampling',
  'spanProcessors',
  'resource',
  'logGroups',
  'annotate',
] as const;

function faultsOf({ fault, isExternal }: Sdk, { sources }: Settings): string[] {
  if (fault !== undefined) return [fault];
  const idle = isExternal ? decided.filter((option) => sources[option] === 'option') : [];
  if (idle.length === 0) return [];
  return [
    `A tracer provider was registered before, and is kept: ${idle.join(', ')} of ` +
      'TracingModule.forRoot() have no effect. Give them where that provider is made.',
  ];
}
