import type { Attributes } from '@opentelemetry/api';
import type { Resource, ResourceDetector } from '@opentelemetry/resources';
import type { IdGenerator, ReadableSpan, Sampler } from '@opentelemetry/sdk-trace';
import type { Propagator, Settings } from '../options/settings.js';

/** Describes everything that differs between the backends that show traces. */
export interface Backend {
  /** The default propagators, unless `OTEL_PROPAGATORS` is set. */
  readonly propagators: readonly Propagator[];
  /** Resource detectors for the host. */
  readonly hostDetectors: readonly ResourceDetector[];
  /**
   * Copies a span, when it is exported, so that the backend shows it well. By default, spans are exported
   * unchanged.
   */
  readonly adaptSpan?: (span: ReadableSpan, settings: Settings) => ReadableSpan;
  /** Adapts the attributes of the resource likewise. */
  readonly adaptResource?: (attributes: Attributes) => Attributes;
  readonly logLines: LogLineFormat;
}

/** The trace ID in the format of a backend, added to each line after the other IDs. */
export interface BackendTraceId {
  /** The key of the field. */
  readonly name: string;
  /** @param traceId 32 hex digits */
  readonly of: (traceId: string) => string;
}

/** How log lines and their events are written for a backend. */
interface LogLineFormat {
  /** The trace ID in the format of the backend, by which it finds the lines of a trace. @default none */
  readonly backendTraceId?: BackendTraceId;
  /** Whether only lines with an error become events, named `exception`. @default false */
  readonly exceptionsOnly?: boolean;
}

/** The parts of the SDK that a backend or its sampler provides. */
export interface BackendParts {
  readonly idGenerator?: IdGenerator;
  /** Creates detectors for the environment of the process. They start now and take a limited time. */
  readonly createDetectors?: () => StoppableDetectors;
  /** Creates a sampler that follows remote rules until it is stopped. */
  readonly createSampler?: (resource: Resource) => StoppableSampler;
  /** Warns about missing resource attributes once the detectors have finished. */
  readonly checkResource?: (resource: Resource) => Promise<void>;
}

export interface StoppableDetectors {
  readonly detectors: readonly ResourceDetector[];
  stop(): void;
}

export interface StoppableSampler extends Sampler {
  stop(): void;
}
