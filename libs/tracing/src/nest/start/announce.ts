import type { LoggerService } from '@nestjs/common';
import { driversWithoutSpans, instrumentationFaults } from '../../instrumentation/notices.js';
import { activeInstrumentations } from '../../instrumentation/registered.js';
import { areHandlersOfOthers } from '../hooks/handlers-of-others.js';
import { grpcSupport } from '../hooks/grpc-support.js';
import { hasTcpSupport } from '../hooks/tcp-support.js';
import type { NestTracingApp } from '../nest-tracing-app.js';
import { httpOfOthers, lateHttpOfOthers } from './http-of-others.js';
import { startLine } from './start-line.js';

const GRPC_INSTRUMENTATION = '@opentelemetry/instrumentation-grpc';

const grpcOfOthers =
  `${GRPC_INSTRUMENTATION} was there before, so the gRPC spans are its own, and \`ignore\` and ` +
  '`publicEndpoint` do not hold for gRPC calls. Remove it, or start with ' +
  'OTEL_NODE_DISABLED_INSTRUMENTATIONS=grpc, and nestjs-tracing makes them.';

interface Surroundings {
  readonly hasHttpServer: boolean;
  /** Whose logger it is, in words. */
  readonly loggerOrigin: string | undefined;
}

/** Says at start what is on, what cannot be, and how to mend that (rule 25). */
export function announce(
  app: NestTracingApp,
  logger: LoggerService,
  { hasHttpServer, loggerOrigin }: Surroundings,
): void {
  const { settings, sdk } = app;
  const instrumentations = activeInstrumentations(settings);
  const grpc = grpcSupport();
  const isGrpcOfOthers = grpc?.isTracedByOthers() === true;
  const http = httpOfOthers(app);
  const instrumented = [
    ...(hasHttpServer ? [http.servers] : []),
    http.outgoing,
    ...(grpc === undefined
      ? []
      : [`gRPC servers and clients${isGrpcOfOthers ? ` (by ${GRPC_INSTRUMENTATION})` : ''}`]),
    ...(hasTcpSupport() ? ['TCP messages'] : []),
    ...(settings.handlerSpans ? [handlers()] : []),
    `log lines of ${loggerOrigin ?? 'nobody'}`,
    ...instrumentations.map((one) => one.instrumentationName),
  ];
  const line = startLine(settings, sdk.destination, instrumented);
  logger.log(line);
  if (sdk.destination === undefined) return;
  for (const fault of instrumentationFaults(settings)) logger.warn(fault);
  if (isGrpcOfOthers) logger.warn(grpcOfOthers);
  if (hasHttpServer) for (const fault of http.faults) logger.warn(fault);
  sdk.askedTracers.whenNew = (name) => {
    const told = lateHttpOfOthers(name);
    if (told !== undefined && !line.includes(name)) logger.warn(told);
  };
  const drivers = driversWithoutSpans(instrumentations);
  if (drivers !== undefined) logger.log(drivers);
}

function handlers(): string {
  return `handlers${areHandlersOfOthers() ? ' (of HTTP by @opentelemetry/instrumentation-nestjs-core)' : ''}`;
}
