import type { Settings } from '../../settings/settings.js';
import type { TracingOptions } from '../../settings/tracing-options.js';
import { TracingSettingsError } from '../../settings/tracing-settings.error.js';

interface Read {
  readonly settings: Settings;
  readonly warnings: readonly string[];
}

/** Options of the contract that are still to be built, with what holds in their place. */
const missing: {
  option: keyof TracingOptions;
  isAsked(s: Settings): boolean;
  instead: Partial<Settings>;
}[] = [{ option: 'sampling', isAsked: (s) => s.sampling === 'xray', instead: { sampling: 1 } }];

/** Refuses what this version cannot do yet: an option by an error, a variable by a warning. */
export function withoutNotYet({ settings, warnings }: Read): Read {
  const asked = missing.filter(({ isAsked }) => isAsked(settings));
  const message = 'is not supported yet by this version of nestjs-tracing. Leave it out.';
  const options = asked.filter(({ option }) => settings.sources[option] === 'option');
  if (options.length > 0) {
    throw new TracingSettingsError(options.map(({ option }) => ({ option, message })));
  }
  return {
    settings: Object.assign({ ...settings }, ...asked.map(({ instead }) => instead)) as Settings,
    warnings: [
      ...warnings,
      ...asked.map(({ option }) => `${settings.sources[option]}: ${option} ${message}`),
    ],
  };
}
