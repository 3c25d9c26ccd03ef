import type { TextMapGetter } from '@opentelemetry/api';
import { checkDebugToken, DEBUG_HEADER } from '../propagation/debug-token.js';

/** How many requests had the header `x-trace-debug`, since the app started. */
export interface ForcedRequestCounts {
  /** Requests that were recorded because of it. */
  readonly accepted: number;
  /** Requests whose token was no longer valid. */
  readonly expired: number;
  /** Requests whose token was malformed, too long or signed with another secret. */
  readonly invalid: number;
}

/** Recognizes requests that must be recorded, by the signed token in a header, and counts them (rule 28). */
export class ForcedRequests {
  private readonly found = { valid: 0, expired: 0, invalid: 0 };
  readonly #secret: string;

  /** @param warn logs that a token was rejected, once for each reason */
  constructor(
    secret: string,
    private readonly warn: (message: string) => void,
  ) {
    this.#secret = secret;
  }

  get counts(): ForcedRequestCounts {
    const { valid, expired, invalid } = this.found;
    return { accepted: valid, expired, invalid };
  }

  /** Whether a carrier has a valid token. */
  includes<Carrier>(carrier: Carrier, getter: TextMapGetter<Carrier>): boolean {
    const header = getter.get(carrier, DEBUG_HEADER);
    if (header === undefined) return false;
    const [token, ...more] = Array.isArray(header) ? header : [header];
    const result =
      token === undefined || more.length > 0 ? 'invalid' : checkDebugToken(this.#secret, token);
    if (++this.found[result] === 1 && result !== 'valid') {
      this.warn(
        `A request had an ${result} token in the header ${DEBUG_HEADER}, which is ignored. ` +
          'Such requests are counted; this is logged once.',
      );
    }
    return result === 'valid';
  }
}
