import {
  annotationKeys,
  endpoint,
  isFullMethod,
  isPath,
  logGroups,
  milliseconds,
  nonEmptyText,
  oneOf,
  ratio,
  type Ignored,
} from './checks.js';
import { InvalidValue } from './settings-errors.js';

/** Reads the text of a variable; it is never empty. */
export type Read<T> = (text: string) => T | InvalidValue;

/** Variables of ours and of OpenTelemetry that stand for an option. */
export const readVariable = {
  OTEL_SERVICE_NAME: nonEmptyText as Read<string>,
  TRACING_BACKEND: oneOf('jaeger', 'xray', 'none') as Read<'jaeger' | 'xray' | 'none'>,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint as Read<string>,
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint as Read<string>,
  TRACING_LOG_GROUPS: (text: string) => logGroups(commas(text)),
  TRACING_SAMPLING: (text: string) =>
    text === 'dormant' || text === 'xray' ? text : ratio(numberOf(text)),
  TRACING_PUBLIC_ENDPOINT: (text: string): boolean | 'keep-id' | InvalidValue =>
    text === 'keep-id' ? text : flagOf(text),
  TRACING_ANNOTATE: (text: string) => annotationKeys(commas(text)),
  TRACING_IGNORE: ignoreOf,
  TRACING_INSTRUMENTATIONS: (text: string) => commas(text),
  TRACING_SHUTDOWN_TIMEOUT: (text: string) => milliseconds(numberOf(text)),
  OTEL_SDK_DISABLED: flagOf,
} satisfies Record<string, Read<unknown>>;

export function commas(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** The text itself where it is no number, so that the fault shows what was written. */
export function numberOf(text: string): number | string {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}

function flagOf(text: string): boolean | InvalidValue {
  const word = text.trim().toLowerCase();
  return word === 'true' || word === 'false'
    ? word === 'true'
    : InvalidValue.expected('true or false', text);
}

function ignoreOf(text: string): Ignored | InvalidValue {
  const entries = commas(text);
  const wrong = entries.filter((one) => !isPath(one) && !isFullMethod(one));
  if (wrong.length > 0)
    return InvalidValue.expected('paths /... or methods pkg.Service/Method', wrong);
  return { http: entries.filter(isPath), grpc: entries.filter((one) => !isPath(one)) };
}
