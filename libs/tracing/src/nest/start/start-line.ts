import { redactSetting } from '../../redaction/redact-setting.js';
import type { Settings } from '../../settings/settings.js';
import type { TracingOptions } from '../../settings/tracing-options.js';

/** Told always; every other setting where it is not the default. */
const always: readonly (keyof TracingOptions)[] = ['service', 'backend', 'endpoint', 'sampling'];

/** What is on, in one line: each setting and where it came from, and what is instrumented (rule 25). */
export function startLine(
  settings: Settings,
  destination: string | undefined,
  instrumented: readonly string[],
): string {
  const others = (Object.keys(settings.sources) as (keyof TracingOptions)[]).filter(
    (option) => !always.includes(option) && settings.sources[option] !== 'default',
  );
  const told = [...always, ...others]
    .map((option) => [option, show(settings, option)] as const)
    .filter(([, text]) => text !== '')
    .map(([option, text]) => `${option} ${text} (${settings.sources[option]})`)
    .join(', ');
  return destination === undefined
    ? `Tracing is off, and incoming traces pass through: ${told}.`
    : `Tracing is on: ${told}; spans go to ${destination}; instrumented: ${instrumented.join(', ')}.`;
}

function show(settings: Settings, option: keyof TracingOptions): string {
  switch (option) {
    case 'endpoint':
      return redactSetting(settings.endpoint);
    case 'sampling':
      return String(settings.sampling); // a sampler describes itself
    case 'resource':
      return Object.keys(settings.resource).join(' '); // a value may be anything
    case 'instrumentations':
      return settings.instrumentations.map((one) => one.instrumentationName).join(' ');
    case 'spanProcessors':
      return settings.spanProcessors.map((one) => one.constructor.name).join(' ');
    case 'logger':
      return settings.logger === false ? 'false' : 'given';
    case 'ignore':
      return [...settings.ignore.http, ...settings.ignore.grpc].join(' ');
    default:
      return [settings[option]].flat().join(' ');
  }
}
