import type { Attributes } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { TracingLoggerOptions, TracingOptions } from './tracing-options.js';

type BackendName = NonNullable<TracingOptions['backend']>;
export type Patterns = readonly (string | RegExp)[];
export type Propagator = 'tracecontext' | 'baggage' | 'xray';
/** Which generation of RPC attributes: up to 1.37, from 1.39, or both. */
export type RpcConventions = 'old' | 'new' | 'dup';

export interface SamplingRules {
  /** An `http` URL without a path. */
  readonly endpoint: string;
  /** Seconds between two requests for them. */
  readonly pollingInterval: number;
}

/** What the SDK's batch span processor takes. */
export interface Batching {
  readonly maxQueueSize: number | undefined;
  readonly maxExportBatchSize: number | undefined;
  readonly scheduledDelayMillis: number | undefined;
  readonly exportTimeoutMillis: number | undefined;
}

export interface SpanLimits {
  readonly attributeCountLimit: number | undefined;
  readonly attributeValueLengthLimit: number;
  readonly eventCountLimit: number;
  readonly linkCountLimit: number | undefined;
  readonly attributePerEventCountLimit: number;
  readonly attributePerLinkCountLimit: number | undefined;
}

/** What the user wrote and the variables say, checked, with every default filled in. */
export interface Settings {
  readonly service: string;
  readonly serviceVersion: string | undefined;
  readonly backend: BackendName;
  readonly endpoint: string;
  readonly logGroups: readonly string[];
  readonly sampling: number | 'dormant' | 'xray' | Sampler;
  /** Where the rules of `sampling: 'xray'` are asked for. */
  readonly samplingRules: SamplingRules;
  readonly logger: false | TracingLoggerOptions | undefined;
  readonly publicEndpoint: NonNullable<TracingOptions['publicEndpoint']>;
  readonly propagateTo: Patterns | undefined;
  readonly annotate: readonly string[];
  readonly ignore: {
    readonly http: Patterns;
    readonly grpc: Patterns;
    /** How the `User-Agent` of an ignored request begins. */
    readonly userAgents: readonly string[];
  };
  readonly handlerSpans: boolean;
  readonly instrumentations: readonly Instrumentation[];
  /** Packages of instrumentations that `TRACING_INSTRUMENTATIONS` names. */
  readonly instrumentationPackages: readonly string[];
  readonly spanProcessors: readonly SpanProcessor[];
  readonly resource: Attributes;
  /** What `OTEL_RESOURCE_ATTRIBUTES` gives. */
  readonly resourceVariables: Attributes;
  readonly shutdownTimeout: number;
  /** What `OTEL_PROPAGATORS` asks for; undefined: what the backend speaks. */
  readonly propagators: readonly Propagator[] | undefined;
  readonly rpcConventions: RpcConventions;
  /** HTTP methods that may name a span. */
  readonly httpMethods: ReadonlySet<string>;
  readonly batching: Batching;
  readonly spanLimits: SpanLimits;
  /** Whether EC2 must not be asked where the process runs. */
  readonly isInstanceMetadataOff: boolean;
  /** What `OTEL_LOG_LEVEL` says of OpenTelemetry's own diagnostics. */
  readonly diagnosticsLevel: string | undefined;
  /** Where each came from: `option`, the name of a variable, or `default`. */
  readonly sources: Readonly<Record<keyof TracingOptions, string>>;
}

/** Whether a text is one of the exact strings, or matches one of the expressions. */
export function matches(text: string, patterns: readonly (string | RegExp)[]): boolean {
  return patterns.some((pattern) =>
    typeof pattern === 'string' ? pattern === text : text.search(pattern) !== -1,
  );
}
