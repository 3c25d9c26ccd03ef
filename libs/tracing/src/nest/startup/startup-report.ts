import http from 'node:http';
import type { LoggerService } from '@nestjs/common';
import { isWrapped } from '@opentelemetry/instrumentation';
import {
  grpcInstrumentation,
  httpInstrumentation,
  nestInstrumentation,
  undiciInstrumentation,
  type KnownInstrumentation,
} from '../../app/third-party.js';
import { activeInstrumentations } from '../../instrumentation/registered.js';
import {
  driversWithoutSpans,
  instrumentationDiagnostics,
} from '../../instrumentation/third-party.js';
import {
  optionNames,
  optionTable,
  type OptionName,
  type OptionRow,
} from '../../options/option-table.js';
import type { Settings } from '../../options/settings.js';
import type { NestTracingApp } from '../nest-tracing-app.js';
import { grpcSupport } from '../patches/grpc-support.js';
import { hasThirdPartyHandlerSpans } from '../patches/handler-spans.js';
import { hasTcpSupport } from '../patches/tcp-support.js';
import { checkShutdownSignals } from './shutdown-signals.js';

/** Returns one line with each setting and its source, and with what is instrumented (rule 25). */
function startLine(
  settings: Settings,
  destination: string | undefined,
  instrumented: readonly string[],
): string {
  const others = optionNames.filter(
    (option) => !isAlwaysReported(option) && settings.sources[option] !== 'default',
  );
  const listed = [...optionNames.filter(isAlwaysReported), ...others]
    .map((option) => [option, reported(option, settings)] as const)
    .filter(([, text]) => text !== '')
    .map(([option, text]) => `${option} ${text} (${settings.sources[option]})`)
    .join(', ');
  return destination === undefined
    ? `Tracing is off; incoming trace context is propagated: ${listed}.`
    : `Tracing is on: ${listed}; spans go to ${destination}; instrumented: ${instrumented.join(', ')}.`;
}

function isAlwaysReported(option: OptionName): boolean {
  return optionTable[option].isAlwaysReported === true;
}

function reported<K extends OptionName>(option: K, settings: Settings): string {
  const row: OptionRow<Settings[K]> = optionTable[option];
  return row.report(settings[option]);
}

interface Instrumented {
  /** What is instrumented, and by which third-party instrumentation, for the startup line. */
  readonly what: readonly string[];
  /** What does not work because of third-party instrumentations, and how to fix it. */
  readonly advice: readonly string[];
}

/** What a third-party instrumentation traces is not traced twice. */
function instrumented(app: NestTracingApp, hasHttpServer: boolean): Instrumented {
  const grpc = grpcSupport();
  const isActive = {
    httpServer: hasHttpServer && isWrapped(http.Server.prototype.emit),
    httpClient: isWrapped(http.request),
    undici: app.hasTracerOf(undiciInstrumentation.name),
    grpc: grpc?.isTracedByThirdParty() === true,
  };
  const handlersBy = by(hasThirdPartyHandlerSpans(), nestInstrumentation, 'of HTTP ');
  const outgoingBy = [
    ...by(isActive.httpClient, httpInstrumentation, 'http '),
    ...by(isActive.undici, undiciInstrumentation, 'fetch '),
  ];
  return {
    what: [
      ...(hasHttpServer
        ? [entry('HTTP servers', by(isActive.httpServer, httpInstrumentation))]
        : []),
      entry('outgoing HTTP', outgoingBy),
      ...(grpc === undefined
        ? []
        : [entry('gRPC servers and clients', by(isActive.grpc, grpcInstrumentation))]),
      ...(hasTcpSupport() ? ['TCP messages'] : []),
      ...(app.settings.handlerSpans ? [entry('handlers', handlersBy)] : []),
    ],
    advice: [
      ...(isActive.grpc ? [grpcInstrumentation] : []),
      ...(isActive.httpServer ? [httpInstrumentation] : []),
    ].flatMap(({ advice = [] }) => advice),
  };
}

function by(isActive: boolean, { name }: KnownInstrumentation, what = ''): string[] {
  return isActive ? [`${what}by ${name}`] : [];
}

function entry(what: string, makers: readonly string[]): string {
  return makers.length === 0 ? what : `${what} (${makers.join(', ')})`;
}

/** Returns the warning about an instrumentation that is constructed after the app has started. */
function lateInstrumentationWarning(name: string): string | undefined {
  if (name !== httpInstrumentation.name && name !== undiciInstrumentation.name) return undefined;
  return (
    `${name} was constructed after TracingModule started. From now on, it creates the spans of its ` +
    'requests instead of nestjs-tracing, without `ignore`, `publicEndpoint` and `propagateTo`. To let ' +
    'nestjs-tracing create these spans, remove it.'
  );
}

interface AppParts {
  readonly hasHttpServer: boolean;
  /** Describes where the logger comes from. */
  readonly loggerOrigin: string | undefined;
}

/** Logs at startup what is enabled, what does not work, and how to fix that (rule 25). */
export function reportStartup(
  app: NestTracingApp,
  logger: LoggerService,
  { hasHttpServer, loggerOrigin }: AppParts,
): void {
  const { settings, sdk } = app;
  const instrumentations = activeInstrumentations(settings);
  const { what, advice } = instrumented(app, hasHttpServer);
  const line = startLine(settings, sdk.destination, [
    ...what,
    `log lines of ${loggerOrigin ?? 'nobody'}`,
    ...instrumentations.map((one) => one.instrumentationName),
  ]);
  logger.log(line);
  if (sdk.destination === undefined) return;
  checkShutdownSignals(app, logger);
  for (const message of instrumentationDiagnostics(settings)) logger.warn(message);
  for (const message of advice) logger.warn(message);
  sdk.knownScopes.whenNew = (name) => {
    const late = lateInstrumentationWarning(name);
    if (late !== undefined && !line.includes(name)) logger.warn(late);
  };
  const drivers = driversWithoutSpans(instrumentations);
  if (drivers !== undefined) logger.log(drivers);
}
