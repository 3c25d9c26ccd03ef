import type { Attributes } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Params } from 'nestjs-pino';

// README.md and docs/settings.md are made from these comments: `npm run docs:settings`. Each variable of
// option-table.ts has a line here.

/** What `TracingModule.forRoot` takes. An option beats its variable, a variable the default. */
export interface TracingOptions {
  /**
   * The name of the service: `service.name` of the resource, and the first part of every scope.
   * `service.version` is found in the same place as the name.
   * @variable OTEL_SERVICE_NAME a text, such as `orders`
   * @variable OTEL_RESOURCE_ATTRIBUTES its `service.name`, and its `service.version`
   * @default the Nest project's name, else the name in package.json. The project of
   * `dist/apps/orders/main.js` is `orders`. The name in the nearest package.json is taken without its
   * scope. Where there is none, it is `unknown_service:node`, and a warning is logged.
   */
  service?: string;
  /**
   * Where traces go: `'jaeger'` and every other OTLP backend, `'xray'` (AWS X-Ray), or `'none'`. It
   * also says in which headers they travel. `'xray'` is for a collector that sends to AWS X-Ray. `'none'`
   * records nothing, but lets traces that come in pass through.
   * @variable TRACING_BACKEND `jaeger`, `xray` or `none`
   * @variable OTEL_TRACES_EXPORTER `none` means backend `none`, unless a backend is given
   * @variable OTEL_SDK_DISABLED `true` beats the option and the other variables, and means backend `none`
   * @default `'jaeger'`, but `'none'` in a test runner. That is where `NODE_ENV=test`, `VITEST` or
   * `JEST_WORKER_ID` is set.
   */
  backend?: 'jaeger' | 'xray' | 'none';
  /**
   * The OTLP/gRPC endpoint, `http://host:port`, with TLS `https://host:port`.
   * @variable OTEL_EXPORTER_OTLP_TRACES_ENDPOINT a URL without a path, such as `http://localhost:4317`,
   * with TLS `https://collector:4317`
   * @variable OTEL_EXPORTER_OTLP_ENDPOINT the same
   * @default `'http://localhost:4317'`
   */
  endpoint?: string;
  /**
   * The CloudWatch log groups of the service: `aws.log.group.names` of the resource. All names, or all
   * ARNs, for groups of other accounts.
   * @variable TRACING_LOG_GROUPS names with commas, such as `/ecs/orders,/ecs/shared`; or ARNs
   * @default none
   */
  logGroups?: string[];
  /**
   * How many traces are recorded: a ratio from 0 to 1, `'dormant'`, `'xray'` or an OpenTelemetry
   * `Sampler`. `'dormant'` records only traces that come in sampled. `'xray'` follows the rules
   * kept in the X-Ray console, by `@opentelemetry/sampler-aws-xray`. All of these follow the parent's
   * decision; a `Sampler` decides as it likes.
   * @variable TRACING_SAMPLING a ratio from 0 to 1, `dormant` or `xray`
   * @variable OTEL_TRACES_SAMPLER `always_on`, `always_off`, `traceidratio`, `xray`, or these with
   * `parentbased_`. All follow the parent's decision here
   * @variable OTEL_TRACES_SAMPLER_ARG the ratio, 0 to 1 (default 1); for `xray`
   * `endpoint=http://localhost:2000,polling_interval=300`, in seconds
   * @variable AWS_XRAY_DAEMON_ADDRESS `host:port`, or `tcp:host:port udp:...`: where `xray` asks for its
   * rules, unless `OTEL_TRACES_SAMPLER_ARG` says it
   * @default `1`
   */
  sampling?: number | 'dormant' | 'xray' | Sampler;
  /**
   * nestjs-pino's parameters and `spanEvents`, or `false` for no logger. `spanEvents` is the lowest
   * level that becomes a span event, or `false`. An app that imports nestjs-pino's `LoggerModule` itself
   * keeps it, with all its settings.
   * @default nestjs-pino, with secrets in headers and URLs redacted
   */
  logger?: false | TracingLoggerOptions;
  /**
   * For services that strangers call: `true` links the caller's trace, `'keep-id'` keeps its id only;
   * or a function. `true`: the caller's trace is not continued but linked, its sampled flag and baggage ignored. `'keep-id'`: continued under the
   * caller's trace id, flag and baggage ignored. A function is given the request, Express's or
   * Fastify's, or of a gRPC call `{ method, metadata, peer }`; should it throw, or answer with anything
   * else, the caller is a stranger: `true`.
   * @variable TRACING_PUBLIC_ENDPOINT `true`, `false` or `keep-id`
   * @default `false`
   */
  publicEndpoint?: boolean | 'keep-id' | ((request: unknown) => boolean | 'keep-id');
  /**
   * The hosts that get our headers on HTTP calls: exact host, or expression. An exact host is such as
   * `api.shop.test`, with or without `:port`. The spans are made for all hosts.
   * @default every host
   */
  propagateTo?: (string | RegExp)[];
  /**
   * Attribute keys that become X-Ray annotations, searchable in its console. Up to 50, of letters,
   * digits, `_`, `.` and `-`.
   * @variable TRACING_ANNOTATE keys with commas, such as `order.sku,tenant`
   * @default none
   */
  annotate?: string[];
  /**
   * What makes no span: exact path (`/health`), full gRPC method (`pkg.Service/Method`), or expression.
   * Added to the default, unless `defaults: false`.
   * @variable TRACING_IGNORE paths and full methods with commas, such as `/internal,shop.Shop/Ping`;
   * what begins with a slash is a path. Added to the default
   * @default health, readiness, metrics, favicon; `ELB-HealthChecker`; gRPC health and reflection. The
   * paths are `/health`, `/healthz`, `/health/live`, `/health/ready`, `/live`, `/livez`, `/ready`,
   * `/readyz`, `/metrics`, `/favicon.ico`, the user agent is `ELB-HealthChecker/`, the gRPC services are
   * those of `grpc.health.v1.Health`, `grpc.reflection.v1` and `v1alpha`.
   */
  ignore?: { http?: (string | RegExp)[]; grpc?: (string | RegExp)[]; defaults?: boolean };
  /**
   * Whether there are spans around the handlers of controllers.
   * @default `true`, but `false` with backend `'xray'`
   */
  handlerSpans?: boolean;
  /**
   * Instrumentations of OpenTelemetry that get our tracer provider.
   * @variable TRACING_INSTRUMENTATIONS names of packages with commas, for
   * `--import nestjs-tracing/register`
   * @default none
   */
  instrumentations?: Instrumentation[];
  /**
   * Span processors that see every span before it is exported.
   * @default none
   */
  spanProcessors?: SpanProcessor[];
  /**
   * Further attributes of the resource.
   * @variable OTEL_RESOURCE_ATTRIBUTES `key=value` pairs with commas, beside the option; `service.name` and
   * `service.version` count after the option `service` and `OTEL_SERVICE_NAME`
   * @default none
   */
  resource?: Attributes;
  /**
   * Milliseconds that a flush may hold the process.
   * @variable TRACING_SHUTDOWN_TIMEOUT milliseconds, 0 to 600000
   * @default `2000`
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
