import { ratio } from './checks.js';
import { Fault } from './fault.js';
import { numberOf } from './variables.js';

/**
 * `OTEL_TRACES_SAMPLER` and its argument as a setting of ours. All of ours follow the decision of the
 * parent, so `traceidratio` means what `parentbased_traceidratio` does, and so on.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function samplingOf(sampler: string, argument: string | undefined): number | 'xray' | Fault {
  switch (sampler.replace(/^parentbased_/, '')) {
    case 'always_on':
      return 1;
    case 'always_off':
      return 0;
    case 'traceidratio':
      return argument === undefined ? 1 : ratio(numberOf(argument));
    case 'xray':
      return 'xray';
    default:
      return Fault.expected(
        'always_on, always_off, traceidratio, parentbased_... or xray',
        sampler,
      );
  }
}
