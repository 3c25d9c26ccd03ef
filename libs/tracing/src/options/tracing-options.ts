import type { Attributes } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Params } from 'nestjs-pino';

// README.md and docs/settings.md are generated from these comments by `npm run docs:settings`. Each
// variable in option-table.ts has a line here.

/**
 * The options of `TracingModule.forRoot()`. An option takes precedence over its environment variables, and
 * these over the default.
 *
 * @example
 * ```ts
 * TracingModule.forRoot({ service: 'orders', sampling: 0.1, ignore: { http: ['/internal/status'] } })
 * ```
 */
export interface TracingOptions {
  /**
   * The name of the service: `service.name` of the resource, and the first part of each instrumentation
   * scope. `service.version` is read from the same source as the name.
   * @variable OTEL_SERVICE_NAME a string, such as `orders`
   * @variable OTEL_RESOURCE_ATTRIBUTES its `service.name` and `service.version`
   * @default the Nest project's name, else the name in package.json. The project of
   * `dist/apps/orders/main.js` is `orders`. The name in the nearest package.json is used without its
   * scope. If there is none, the service is `unknown_service:node`, and a warning is logged.
   */
  service?: string;
  /**
   * Where traces are sent: `'jaeger'` (or any other OTLP backend), `'xray'` (AWS X-Ray), or `'none'`.
   * The backend also selects the default propagation headers. `'xray'` requires a collector that exports
   * to AWS X-Ray. `'none'` records nothing, but propagates incoming trace context.
   * @variable TRACING_BACKEND `jaeger`, `xray` or `none`
   * @variable OTEL_TRACES_EXPORTER `none` selects backend `none`, unless a backend is given
   * @variable OTEL_SDK_DISABLED `true` selects backend `none`, and takes precedence over the option and
   * the other variables
   * @default `'jaeger'`, but `'none'` in a test runner. A test runner is detected by `NODE_ENV=test`,
   * `VITEST` or `JEST_WORKER_ID`.
   */
  backend?: 'jaeger' | 'xray' | 'none';
  /**
   * The OTLP/gRPC endpoint: `http://host:port`, or `https://host:port` for TLS.
   * @variable OTEL_EXPORTER_OTLP_TRACES_ENDPOINT a URL without a path, such as `http://localhost:4317`,
   * or `https://collector:4317` for TLS
   * @variable OTEL_EXPORTER_OTLP_ENDPOINT the same
   * @default `'http://localhost:4317'`
   */
  endpoint?: string;
  /**
   * The CloudWatch log groups of the service, as `aws.log.group.names` of the resource. Give either
   * names, or ARNs for groups of other accounts.
   * @variable TRACING_LOG_GROUPS comma-separated names, such as `/ecs/orders,/ecs/shared`, or ARNs
   * @default none
   */
  logGroups?: string[];
  /**
   * Which traces are recorded: a ratio from 0 to 1, `'dormant'`, `'xray'` or an OpenTelemetry
   * `Sampler`. `'dormant'` records only traces that the caller has sampled. `'xray'` follows the rules
   * of the X-Ray console, through `@opentelemetry/sampler-aws-xray`. All of these follow the decision of
   * the parent span; a `Sampler` is asked for every span.
   * @variable TRACING_SAMPLING a ratio from 0 to 1, `dormant` or `xray`
   * @variable OTEL_TRACES_SAMPLER `always_on`, `always_off`, `traceidratio` or `xray`, also prefixed
   * with `parentbased_`. All of them follow the decision of the parent span
   * @variable OTEL_TRACES_SAMPLER_ARG the ratio from 0 to 1 (default 1); for `xray`
   * `endpoint=http://localhost:2000,polling_interval=300`, in seconds
   * @variable AWS_XRAY_DAEMON_ADDRESS `host:port`, or `tcp:host:port udp:...`: where `xray` fetches its
   * rules, unless `OTEL_TRACES_SAMPLER_ARG` sets the endpoint
   * @default `1`
   */
  sampling?: number | 'dormant' | 'xray' | Sampler;
  /**
   * The parameters of nestjs-pino and `spanEvents`, or `false` for no logger. `spanEvents` is the
   * lowest level that becomes a span event, or `false`. An app that imports nestjs-pino's `LoggerModule`
   * itself keeps it, with all its settings.
   * @default nestjs-pino, with secrets in headers and URLs redacted
   */
  logger?: false | TracingLoggerOptions;
  /**
   * For services with untrusted callers: `true` links the caller's trace, `'keep-id'` keeps its trace ID;
   * or a function. With `true`, a new trace starts, with a link to the caller's. With `'keep-id'`, the
   * trace continues under the caller's trace ID. Both ignore the caller's sampled flag and baggage. A
   * function receives the request of Express or Fastify, or `{ method, metadata, peer }` of a gRPC call,
   * and returns one of these values. If it throws or returns anything else, `true` applies.
   * @variable TRACING_PUBLIC_ENDPOINT `true`, `false` or `keep-id`
   * @default `false`
   */
  publicEndpoint?: boolean | 'keep-id' | ((request: unknown) => boolean | 'keep-id');
  /**
   * The hosts that receive the propagation headers of HTTP calls: exact hosts or regular expressions. An
   * exact host is for example `api.shop.test`, with or without `:port`. Calls to all hosts get spans.
   * @default every host
   */
  propagateTo?: (string | RegExp)[];
  /**
   * The attributes that become X-Ray annotations, by which its console can search: up to 50 keys of
   * letters, digits, `_`, `.` and `-`.
   * @variable TRACING_ANNOTATE comma-separated keys, such as `order.sku,tenant`
   * @default none
   */
  annotate?: string[];
  /**
   * The requests that get no span: exact paths (`/health`), full gRPC methods (`pkg.Service/Method`) or
   * regular expressions. They are added to the default, unless `defaults` is `false`.
   * @variable TRACING_IGNORE comma-separated paths and full methods, such as
   * `/internal,shop.Shop/Ping`, which are added to the default; a path begins with a slash
   * @default health, readiness, metrics, favicon; `ELB-HealthChecker`; gRPC health and reflection. The
   * paths are `/health`, `/healthz`, `/health/live`, `/health/ready`, `/live`, `/livez`, `/ready`,
   * `/readyz`, `/metrics` and `/favicon.ico`; the user agent is `ELB-HealthChecker/`; the gRPC services
   * are `grpc.health.v1.Health` and the `ServerReflection` of `grpc.reflection.v1` and `v1alpha`.
   */
  ignore?: { http?: (string | RegExp)[]; grpc?: (string | RegExp)[]; defaults?: boolean };
  /**
   * Whether the handlers of controllers get spans.
   * @default `true`, but `false` with backend `'xray'`
   */
  handlerSpans?: boolean;
  /**
   * OpenTelemetry instrumentations that use the tracer provider of the app.
   * @variable TRACING_INSTRUMENTATIONS comma-separated package names, for
   * `--import nestjs-tracing/register`
   * @default none
   */
  instrumentations?: Instrumentation[];
  /**
   * OpenTelemetry span processors that receive each span before it is exported.
   * @default none
   */
  spanProcessors?: SpanProcessor[];
  /**
   * Additional attributes of the resource.
   * @variable OTEL_RESOURCE_ATTRIBUTES comma-separated `key=value` pairs, merged with the option; the option
   * `service` and `OTEL_SERVICE_NAME` take precedence over its `service.name` and `service.version`
   * @default none
   */
  resource?: Attributes;
  /**
   * The maximum time that the export at shutdown may take, in milliseconds.
   * @variable TRACING_SHUTDOWN_TIMEOUT milliseconds, 0 to 600000
   * @default `2000`
   */
  shutdownTimeout?: number;
  /**
   * A switch for a whole fleet: `read` returns whether new traces are recorded, and is called every so many
   * milliseconds. A state is applied when it differs from the one read before. If `read` rejects, does not
   * answer or returns anything else, that is logged once, and the last state holds.
   * @default none; `every` is 30000
   */
  control?: { read: () => Promise<TracingState>; every?: number };
}

/** The state that `control.read` returns. */
export interface TracingState {
  /** `'on'` records new traces; `'dormant'` and `'off'` record only those that callers have sampled. */
  mode: 'on' | 'dormant' | 'off';
  /**
   * The ratio of new traces that are recorded, above 0 and at most 1.
   * @default 1
   */
  ratio?: number;
  /** When recording ends: a `Date` or an ISO 8601 string. After that, the state from before returns. */
  until?: Date | string;
}

/** The `logger` option: the parameters of nestjs-pino, and `spanEvents`. */
export interface TracingLoggerOptions extends Params {
  /**
   * The lowest pino level whose lines become span events; `false` for none.
   * @default every line that is written
   */
  spanEvents?: string | false;
}
