import type { Attributes } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Params } from 'nestjs-pino';

/** What `TracingModule.forRoot` takes. An option beats its variable, a variable the default. */
export interface TracingOptions {
  /**
   * The name of the service: `service.name` of the resource, and the first part of every scope.
   * @variable OTEL_SERVICE_NAME
   * @default the Nest project's name (`dist/apps/orders/main.js`: `orders`), else the name in the
   * app's package.json
   */
  service?: string;
  /**
   * Where traces go, and in which headers they travel. `'none'` records nothing, but lets traces
   * that come in pass through.
   * @variable TRACING_BACKEND
   * @default 'jaeger'; 'none' in a test runner
   */
  backend?: 'jaeger' | 'xray' | 'none';
  /**
   * The OTLP/gRPC endpoint, `http://host:port`, with TLS `https://host:port`.
   * @variable OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT
   * @default 'http://localhost:4317'
   */
  endpoint?: string;
  /**
   * The CloudWatch log groups of the service: `aws.log.group.names` of the resource. All names, or all
   * ARNs, for groups of other accounts.
   * @variable TRACING_LOG_GROUPS (commas)
   * @default none
   */
  logGroups?: string[];
  /**
   * How many traces are recorded: a ratio from 0 to 1; `'dormant'`: none but those that come in
   * sampled; `'xray'`: the rules kept in the X-Ray console, by `@opentelemetry/sampler-aws-xray`. All
   * of these follow the parent's decision; a `Sampler` decides as it likes.
   * @variable TRACING_SAMPLING, OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG
   * @default 1
   */
  sampling?: number | 'dormant' | 'xray' | Sampler;
  /**
   * `false`: no logger from us. Otherwise nestjs-pino's parameters, for an app that does not import
   * nestjs-pino's `LoggerModule` itself.
   * @default nestjs-pino, with the headers that hold secrets redacted
   */
  logger?: false | TracingLoggerOptions;
  /**
   * `true`: the caller's trace is not continued but linked, its sampled flag and baggage ignored.
   * `'keep-id'`: continued under the caller's trace id, flag and baggage ignored. A function is
   * given the request, Express's or Fastify's, or of a gRPC call `{ method, metadata, peer }`; should
   * it throw, or answer with anything else, the caller is a stranger: `true`.
   * @variable TRACING_PUBLIC_ENDPOINT
   * @default false
   */
  publicEndpoint?: boolean | 'keep-id' | ((request: unknown) => boolean | 'keep-id');
  /**
   * The hosts that get our headers on HTTP calls: exact host, or expression.
   * @default every host
   */
  propagateTo?: (string | RegExp)[];
  /**
   * Attribute keys that become X-Ray annotations, searchable in the console: up to 50, of letters,
   * digits, `_`, `.` and `-`.
   * @variable TRACING_ANNOTATE (commas)
   * @default none
   */
  annotate?: string[];
  /**
   * What makes no span: exact path (`/health`) or full gRPC method (`pkg.Service/Method`), or
   * expression. Added to the default, unless `defaults: false`.
   * @variable TRACING_IGNORE (commas; what begins with a slash is a path)
   * @default health, readiness, metrics, favicon; ELB-HealthChecker; gRPC health and reflection
   */
  ignore?: { http?: (string | RegExp)[]; grpc?: (string | RegExp)[]; defaults?: boolean };
  /**
   * Spans around the handlers of controllers.
   * @default true with backend 'jaeger', false with 'xray'
   */
  handlerSpans?: boolean;
  /** Instrumentations of OpenTelemetry that get our tracer provider. @default none */
  instrumentations?: Instrumentation[];
  /** Span processors that see every span before it is exported. @default none */
  spanProcessors?: SpanProcessor[];
  /**
   * Further attributes of the resource.
   * @variable OTEL_RESOURCE_ATTRIBUTES
   * @default none
   */
  resource?: Attributes;
  /**
   * Milliseconds that a flush may hold the process.
   * @variable TRACING_SHUTDOWN_TIMEOUT
   * @default 2000
   */
  shutdownTimeout?: number;
}

export interface TracingLoggerOptions extends Params {
  /**
   * The lowest pino level that becomes a span event; `false`: none does.
   * @default every line that is written
   */
  spanEvents?: string | false;
}
