import type { Attributes } from '@opentelemetry/api';
import { redactUrl } from '../../redaction/redact-url.js';
import type { Settings } from '../../settings/settings.js';
import { methodAttributes } from '../method-attributes.js';
import type { Target } from './target.js';

/**
 * What a client span knows at its start: the stable semantic conventions for HTTP client spans.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client
 */
export function clientAttributes(
  method: string,
  target: Target,
  { httpMethods }: Pick<Settings, 'httpMethods'>,
): Attributes {
  return { ...methodAttributes(method, httpMethods), ...targetAttributes(target) };
}

export function targetAttributes({ url, host, port }: Target): Attributes {
  return {
    'url.full': redactUrl(url),
    'server.address': host,
    ...(port !== undefined && { 'server.port': port }),
  };
}
