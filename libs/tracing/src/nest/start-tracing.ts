import type { Sdk } from '../sdk/sdk.js';
import { startSdk } from '../sdk/start-sdk.js';
import { readSettings } from '../settings/read-settings.js';
import type { Settings } from '../settings/settings.js';
import type { TracingOptions } from '../settings/tracing-options.js';
import { withoutNotYet } from './not-yet.js';

export type StartTracing = (options: TracingOptions) => {
  readonly settings: Settings;
  /** What is wrong in the environment. */
  readonly warnings: readonly string[];
  readonly sdk: Sdk;
};

/** Reads the settings and starts the SDK. */
export const startTracing: StartTracing = (options) => {
  const { settings, warnings } = withoutNotYet(readSettings(options));
  return { settings, warnings, sdk: startSdk(settings) };
};
