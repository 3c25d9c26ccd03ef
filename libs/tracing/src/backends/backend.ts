import type { Resource, ResourceDetector } from '@opentelemetry/resources';
import type { IdGenerator, Sampler, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Propagator, Settings } from '../options/settings.js';

/** What differs between the systems that show the traces. */
export interface Backend {
  /** The headers that carry a trace, unless `OTEL_PROPAGATORS` names others. */
  readonly propagators: readonly Propagator[];
  /** Detectors of the host, for the resource. */
  readonly hostDetectors: readonly ResourceDetector[];
  /** An exporter that turns spans into what the backend shows well; left out, they are sent as they are. */
  readonly adaptExporter?: (exporter: SpanExporter, settings: Settings) => SpanExporter;
  readonly logLines: LogLineFormat;
}

/** What log lines and their events are for a backend. */
interface LogLineFormat {
  /** A further ID on each line of a trace, in the form in which the backend looks for it. */
  readonly furtherId?: {
    /** The key of the field. */
    readonly name: string;
    /** @param traceId 32 hex digits */
    readonly of: (traceId: string) => string;
  };
  /** Whether only lines with an error become events, named `exception`. @default false */
  readonly exceptionsOnly?: boolean;
}

/** What a backend or its sampler has loaded or found in the surroundings of the process. */
export interface BackendParts {
  readonly idGenerator?: IdGenerator;
  /** Look around the process, from now on and for a short time. */
  readonly createDetectors?: () => StoppableDetectors;
  /** A sampler that follows rules from elsewhere until it is stopped. */
  readonly createSampler?: (resource: Resource) => StoppableSampler;
  /** Warns of what is missing, once the detectors have ended. */
  readonly checkResource?: (resource: Resource) => Promise<void>;
}

export interface StoppableDetectors {
  readonly detectors: readonly ResourceDetector[];
  stop(): void;
}

export interface StoppableSampler extends Sampler {
  stop(): void;
}
