import { InvalidValue } from './settings-errors.js';
import type { SamplingRules, Settings } from './settings.js';
import { commas, numberOf, type Environment } from './variables.js';

/** The minimum interval that the sampler accepts, in seconds. */
const MIN_INTERVAL = 10;
const defaults: SamplingRules = { endpoint: 'http://localhost:2000', pollingInterval: 300 };

/**
 * Returns where the sampling rules of X-Ray are fetched: from the endpoint in `OTEL_TRACES_SAMPLER_ARG`, as in
 * the other languages of OpenTelemetry, else from the address that the X-Ray SDKs use for their daemon.
 * @see https://aws-otel.github.io/docs/getting-started/remote-sampling
 */
export function samplingRulesOf(
  sampling: Settings['sampling'],
  env: Environment,
  accept: <T>(variable: string, value: T | InvalidValue) => T | undefined,
): SamplingRules {
  if (sampling !== 'xray') return defaults;
  const daemon = env['AWS_XRAY_DAEMON_ADDRESS']?.trim();
  const argument = env['OTEL_TRACES_SAMPLER_ARG']?.trim();
  return {
    ...defaults,
    ...(daemon && accept('AWS_XRAY_DAEMON_ADDRESS', ofDaemon(daemon))),
    ...(argument && accept('OTEL_TRACES_SAMPLER_ARG', ofArgument(argument))),
  };
}

function ofArgument(text: string): Partial<SamplingRules> | InvalidValue {
  const expected = `endpoint=http://host:port and polling_interval=seconds, at least ${MIN_INTERVAL}`;
  const rules: { -readonly [K in keyof SamplingRules]?: SamplingRules[K] } = {};
  for (const pair of commas(text)) {
    const equals = pair.indexOf('=');
    const [name, value] = [
      pair.slice(0, Math.max(equals, 0)).trim(),
      pair.slice(equals + 1).trim(),
    ];
    const seconds = numberOf(value);
    if (name === 'endpoint' && isEndpoint(value)) {
      rules.endpoint = value.replace(/\/$/, '');
    } else if (
      name === 'polling_interval' &&
      typeof seconds === 'number' &&
      seconds >= MIN_INTERVAL
    ) {
      rules.pollingInterval = seconds;
    } else {
      return InvalidValue.expected(expected, text);
    }
  }
  return rules;
}

/** Reads an address such as `127.0.0.1:2000` or `tcp:127.0.0.1:2000 udp:127.0.0.2:2001`. */
function ofDaemon(text: string): Partial<SamplingRules> | InvalidValue {
  const parts = text.split(/\s+/);
  const isValid = parts.every((part) =>
    /^(?:(?:tcp|udp):)?(?:[\w.-]+|\[[\da-f:.]+\]):\d+$/i.test(part),
  );
  const tcp = parts.find((part) => part.startsWith('tcp:'))?.slice('tcp:'.length) ?? parts[0];
  const endpoint = `http://${tcp}`;
  return isValid && isEndpoint(endpoint)
    ? { endpoint }
    : InvalidValue.expected(
        'an address such as 127.0.0.1:2000 or tcp:127.0.0.1:2000 udp:...',
        text,
      );
}

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, hostname } = new URL(text);
  return protocol === 'http:' && pathname === '/' && hostname !== '';
}
