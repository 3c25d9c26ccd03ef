import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Endpoint {
  readonly endpoint: string;
}

/** What the rules look at of deploy/aws/collector/otel-config.yaml. */
interface CollectorConfig {
  readonly extensions: { readonly health_check: Endpoint };
  readonly receivers: {
    readonly otlp: { readonly protocols: { readonly grpc: Endpoint; readonly http: Endpoint } };
    readonly awsxray: Endpoint & { readonly proxy_server: Endpoint };
  };
  readonly processors: Readonly<Record<string, { readonly timeout?: string }>>;
  readonly service: {
    readonly extensions: readonly string[];
    readonly pipelines: Readonly<
      Record<string, Readonly<Record<'receivers' | 'processors' | 'exporters', readonly string[]>>>
    >;
  };
}

const path = new URL('../../deploy/aws/collector/otel-config.yaml', import.meta.url);

/** With the variables that it asks for as they are where none is set. */
export const collectorConfig = parse(
  readFileSync(path, 'utf8').replaceAll(/\$\{env:\w+:-(.*?)\}/g, '$1'),
) as CollectorConfig;
