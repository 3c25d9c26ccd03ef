/** The message of each code: what happened, and how to fix it. */
const messages = {
  TRACING_NOT_A_METHOD: (decorator: string, place: string) =>
    `${decorator} was used on ${place}, which is not a method. Use it on a method, not on a property, ` +
    'an accessor or a constructor.',
  TRACING_TRACED_TWICE: (place: string) =>
    `@Traced() was used twice on ${place}, so each call would create two spans. Remove one of them.`,
  TRACING_NAME_ON_CLASS: (name: string, type: string) =>
    `@Traced('${name}') was used on the class ${type}, so the spans of all methods would have that ` +
    'name. Remove the name, or use the decorator on a method.',
  TRACING_EMPTY_NAME: (place: string) =>
    `${place} was given an empty name. Expected a non-empty string.`,
  TRACING_INVALID_OPTION: (place: string, option: string, expected: string) =>
    `${place} was given an invalid option '${option}'. Expected ${expected}.`,
  TRACING_NO_ROOT: (found: string) =>
    `${found}, but the app does not import TracingModule.forRoot(). Import it in the root module. In ` +
    "a test of one module, import createTestTracing().module of 'nestjs-tracing/testing' instead.",
  TRACING_SECOND_ROOT: () =>
    'The app imports TracingModule.forRoot() or forRootAsync() more than once, but an app has one set ' +
    'of options. Keep the import of the root module, and use forFeature() in other modules.',
  TRACING_NO_FEATURE: (injectedInto: string) =>
    `@InjectTracer() was used in ${injectedInto}, whose module has no tracer. Import ` +
    "TracingModule.forFeature('<name>') in that module, or inject the tracer of another feature with " +
    "@InjectTracer('<name>').",
  TRACING_UNKNOWN_TRACER: (name: string, injectedInto: string, known: readonly string[]) =>
    `@InjectTracer('${name}') was used in ${injectedInto}, but no module imports ` +
    `TracingModule.forFeature('${name}'). ` +
    (known.length === 0
      ? 'No feature is registered. Import it in a module.'
      : `Registered features: ${known.map((one) => `'${one}'`).join(', ')}. Correct the name, or import it in a module.`),
  TRACING_LOGGER_GIVEN_TWICE: () =>
    'The app imports LoggerModule of nestjs-pino, and TracingModule was given `logger` settings too, ' +
    'but an app has one logger. Move the settings into LoggerModule.forRoot(), or remove ' +
    'LoggerModule, so that TracingModule provides the logger.',
  TRACING_NO_LOGGER: () =>
    'TracedLogger was injected, but TracingModule has `logger: false` and the app imports no ' +
    'LoggerModule of nestjs-pino. Remove `logger: false`, or import LoggerModule.',
  TRACING_INVALID_CONTROL: (faults: string) =>
    `TracingControl.enable() was given invalid options. ${faults} The state has not changed.`,
  TRACING_NOTHING_TO_CONTROL: (isExternal: boolean) =>
    isExternal
      ? 'Tracing cannot be enabled, because the sampler of the tracer provider that was registered ' +
        'before TracingModule decides what is recorded. Change the sampling there.'
      : "Tracing cannot be enabled, because the app has started with backend 'none', which has no " +
        "exporter. To record traces only on demand, start it with another backend and `sampling: 'dormant'`.",
  TRACING_CONTROL_UNGUARDED: (given: string) =>
    `TracingControlModule.register() was given ${given}, so anybody could turn tracing on. Expected ` +
    '`token`, a secret of at least 16 characters that requests send as `Authorization: Bearer <token>`, ' +
    'or `guard`, a guard of the app.',
} satisfies Record<string, (...found: never[]) => string>;

export type TracingErrorCode = keyof typeof messages;

/**
 * Reports misuse of the library. It is thrown when a decorator runs, when the app starts, or by
 * `TracingControl`, never by tracing while a request is handled. Check `code`, which is stable; the message may change.
 */
export class TracingError extends Error {
  override readonly name = 'TracingError';

  constructor(
    readonly code: TracingErrorCode,
    message: string,
  ) {
    super(`${message} (${code})`);
  }
}

/** Creates the error of a code. @param found the values that its message contains */
export function tracingError<Code extends TracingErrorCode>(
  code: Code,
  ...found: Parameters<(typeof messages)[Code]>
): TracingError {
  const message = messages[code] as (...found: unknown[]) => string;
  return new TracingError(code, message(...found));
}
