import type { Attributes } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { ControlSignal } from './control-variables.js';
import type { TracingLoggerOptions, TracingOptions, TracingState } from './tracing-options.js';

type BackendName = NonNullable<TracingOptions['backend']>;
export type Patterns = readonly (string | RegExp)[];
export type Propagator = 'tracecontext' | 'baggage' | 'xray';
/** The version of the RPC conventions: up to 1.37 (`old`), from 1.39 (`new`), or both (`dup`). */
export type RpcConventions = 'old' | 'new' | 'dup';

export interface SamplingRules {
  /** An `http` URL without a path. */
  readonly endpoint: string;
  /** The time between two requests for the rules, in seconds. */
  readonly pollingInterval: number;
}

/** The settings of batch export; undefined for the default. */
export interface Batching {
  /** The maximum number of spans that wait; undefined for no limit but that of bytes. */
  readonly maxQueueSize: number | undefined;
  /** The maximum number of bytes that encoded spans take until they have been exported. */
  readonly maxQueueBytes: number;
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

/** The `control` option, with its default. */
export interface ControlSettings {
  readonly read: () => Promise<TracingState>;
  /** The time between two reads, in milliseconds. */
  readonly every: number;
}

/** All settings: checked options and variables, with the defaults. */
export interface Settings {
  readonly service: string;
  readonly serviceVersion: string | undefined;
  readonly backend: BackendName;
  readonly endpoint: string;
  readonly logGroups: readonly string[];
  readonly sampling: number | 'dormant' | 'xray' | Sampler;
  /** Where `sampling: 'xray'` fetches its rules. */
  readonly samplingRules: SamplingRules;
  readonly logger: false | TracingLoggerOptions | undefined;
  readonly publicEndpoint: NonNullable<TracingOptions['publicEndpoint']>;
  readonly propagateTo: Patterns | undefined;
  readonly annotate: readonly string[];
  readonly ignore: {
    readonly http: Patterns;
    readonly grpc: Patterns;
    /** The prefixes of `User-Agent` for which a request is ignored. */
    readonly userAgents: readonly string[];
  };
  readonly handlerSpans: boolean;
  readonly instrumentations: readonly Instrumentation[];
  /** The packages in `TRACING_INSTRUMENTATIONS`. */
  readonly instrumentationPackages: readonly string[];
  readonly spanProcessors: readonly SpanProcessor[];
  readonly resource: Attributes;
  /** The attributes in `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resourceVariables: Attributes;
  readonly shutdownTimeout: number;
  readonly control: ControlSettings | undefined;
  /** The signal that turns tracing on and off, from `TRACING_SIGNAL`. */
  readonly controlSignal: ControlSignal | undefined;
  /** The secret that signs the tokens of forced requests, from `TRACING_DEBUG_SECRET`. */
  readonly debugSecret: string | undefined;
  /** The propagators in `OTEL_PROPAGATORS`; undefined for those of the backend. */
  readonly propagators: readonly Propagator[] | undefined;
  readonly rpcConventions: RpcConventions;
  /** The HTTP methods that may be part of a span name. */
  readonly httpMethods: ReadonlySet<string>;
  readonly batching: Batching;
  readonly spanLimits: SpanLimits;
  /** Whether the metadata service of EC2 must not be called. */
  readonly isInstanceMetadataOff: boolean;
  /** The level of OpenTelemetry's own diagnostics, from `OTEL_LOG_LEVEL`. */
  readonly diagnosticsLevel: string | undefined;
  /** The source of each option: `option`, the name of a variable, or `default`. */
  readonly sources: Readonly<Record<keyof TracingOptions, string>>;
}

/** Whether a text equals one of the strings or matches one of the regular expressions. */
export function matches(text: string, patterns: readonly (string | RegExp)[]): boolean {
  return patterns.some((pattern) =>
    typeof pattern === 'string' ? pattern === text : text.search(pattern) !== -1,
  );
}
