import { describeError } from '../../span/errors/describe-error.js';
import { retryDelayOf } from './retry-info.js';

/** The codes of gRPC that matter here. grpc-js itself is loaded with the exporter only. */
const status = {
  CANCELLED: 1,
  DEADLINE_EXCEEDED: 4,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** The error of a call of grpc-js. */
interface ServiceError extends Error {
  readonly code: number;
  readonly details: string;
  readonly metadata?: { get(key: string): unknown[] };
}

/** The codes after which a client may send a request again; `RESOURCE_EXHAUSTED` only with a delay. */
const retryable = new Set<number>([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

/**
 * Why a request with spans has failed, and what follows from that.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#failures
 */
export class ExportFailure extends Error {
  private readonly code: number | undefined;
  /** The milliseconds after which the server wants the request again; undefined if it does not say. */
  readonly retryDelay: number | undefined;

  /** @param cause the error of grpc-js, or any other */
  constructor(cause: unknown) {
    const isOfGrpc = isServiceError(cause);
    // grpc-js ends its text with a note that is often empty.
    super(describeError(cause).message.replace(/\s*Resolution note:\s*$/, ''), { cause });
    this.code = isOfGrpc ? cause.code : undefined;
    const [sent] = (isOfGrpc && cause.metadata?.get('grpc-status-details-bin')) || [];
    this.retryDelay = sent instanceof Uint8Array ? retryDelayOf(sent) : undefined;
  }

  /** Whether the same request may succeed later. What is no answer of a server, such as a time-out, may. */
  get isRetryable(): boolean {
    const { code, retryDelay } = this;
    if (code === undefined) return true;
    return retryable.has(code) || (code === status.RESOURCE_EXHAUSTED && retryDelay !== undefined);
  }

  /** Says in plain words what has happened at the endpoint, and what to check. */
  explain(endpoint: string): string {
    const reason = this.reason(endpoint);
    return `${reason.charAt(0).toUpperCase()}${reason.slice(1)} (${this.message})`;
  }

  private reason(endpoint: string): string {
    const { code, message } = this;
    const { port, isLoopback } = parts(endpoint);
    if (/ENOTFOUND|EAI_AGAIN|Name resolution failed/i.test(message)) {
      return 'the name of the host does not resolve: check the endpoint, and that both are in the same network';
    }
    if (/ECONNREFUSED/.test(message)) {
      const place = isLoopback
        ? ': start the collector; in a container, `localhost` is the container itself'
        : ': check that the collector runs, and its port';
      return `nothing listens there${place}`;
    }
    const isOfTls = /SSL|TLS|EPROTO|certificate|self.signed|wrong version number/i.test(message);
    if (isOfTls) {
      return 'the encrypted connection failed: `https://` needs a collector with TLS and a trusted certificate (OTEL_EXPORTER_OTLP_CERTIFICATE), `http://` one without TLS';
    }
    if (port === '4318' || /HTTP\/1|Protocol error|Parse Error|HTTP status code/i.test(message)) {
      return 'the server does not speak gRPC there: the port of OTLP/HTTP is 4318, that of OTLP/gRPC is 4317';
    }
    switch (code) {
      case status.UNAUTHENTICATED:
      case status.PERMISSION_DENIED:
        return 'the collector refuses the credentials: check OTEL_EXPORTER_OTLP_HEADERS';
      case status.UNIMPLEMENTED:
        return 'the server accepts no traces: check that it is an OTLP receiver with a pipeline for traces';
      case status.RESOURCE_EXHAUSTED:
        return 'the collector accepts no more at the moment, or no request of this size: check its limits';
      case status.DEADLINE_EXCEEDED:
      case undefined:
        return 'the collector does not answer in time: check that it is not overloaded, and that no firewall or security group drops the connection';
      case status.UNAVAILABLE:
        return 'the collector is not available: check that it runs';
      default:
        return 'the collector does not accept the spans';
    }
  }
}

function isServiceError(error: unknown): error is ServiceError {
  const { code, details } = Object(error) as Partial<ServiceError>;
  return typeof code === 'number' && typeof details === 'string';
}

function parts(endpoint: string): { port: string; isLoopback: boolean } {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const host = url?.hostname ?? '';
  return {
    port: url?.port ?? '',
    isLoopback: host === 'localhost' || host === '[::1]' || host.startsWith('127.'),
  };
}
