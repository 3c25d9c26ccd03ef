/** What each code says: what was found, and how to mend it. */
const messages = {
  TRACING_NOT_A_METHOD: (decorator: string, place: string) =>
    `${decorator} stands on ${place}: put it on a method, and not on a property, an accessor or a ` +
    'constructor.',
  TRACING_TRACED_TWICE: (place: string) =>
    `@Traced() stands twice on ${place}: each call would make two spans. Remove one of them.`,
  TRACING_NAME_ON_CLASS: (name: string, type: string) =>
    `@Traced('${name}') stands on the class ${type}: every method would have that name. Leave the ` +
    'name out, or put the decorator on a method.',
  TRACING_EMPTY_NAME: (place: string) =>
    `${place} was given an empty name. Give it a text that says what it names.`,
  TRACING_INVALID_OPTION: (place: string, option: string, expected: string) =>
    `${place}: the option '${option}' must be ${expected}.`,
  TRACING_NO_ROOT: (found: string) =>
    `${found}, but the app does not import TracingModule.forRoot(). Add it to the imports of the ` +
    "root module; in a test of one module, createTestTracing().module of 'nestjs-tracing/testing'.",
  TRACING_SECOND_ROOT: () =>
    'The app imports TracingModule.forRoot() or forRootAsync() more than once: two sets of options ' +
    'for one app. Keep the one in the root module; other modules import forFeature().',
  TRACING_NO_FEATURE: (injectedInto: string) =>
    `@InjectTracer() stands in ${injectedInto}, whose module has no tracer of its own. Add ` +
    "TracingModule.forFeature('<name of the package>') to the imports of that module, or name the " +
    "tracer of another: @InjectTracer('<name>').",
  TRACING_UNKNOWN_TRACER: (name: string, injectedInto: string, known: readonly string[]) =>
    `@InjectTracer('${name}') stands in ${injectedInto}, and no forFeature('${name}') in the app. ` +
    (known.length === 0
      ? 'There is no forFeature() at all: '
      : `Registered are ${known.map((one) => `'${one}'`).join(', ')}: correct the name, or `) +
    `add TracingModule.forFeature('${name}') to the imports of a module.`,
  TRACING_LOGGER_GIVEN_TWICE: () =>
    'The app imports LoggerModule of nestjs-pino, and TracingModule was given `logger` settings ' +
    'too: two sets for one logger. Move them into LoggerModule.forRoot(), or remove LoggerModule ' +
    'and let TracingModule bring it.',
  TRACING_NO_LOGGER: () =>
    'TracedLogger was injected, but TracingModule has `logger: false` and the app imports no ' +
    'LoggerModule of nestjs-pino. Remove `logger: false`, or import LoggerModule.',
} satisfies Record<string, (...found: never[]) => string>;

export type TracingErrorCode = keyof typeof messages;

/** An error in how the library is used. All of them are thrown at start. */
export class TracingError extends Error {
  override readonly name = 'TracingError';

  constructor(
    readonly code: TracingErrorCode,
    message: string,
  ) {
    super(`${message} (${code})`);
  }
}

/** The error of a code; what was found stands in its message. */
export function tracingError<Code extends TracingErrorCode>(
  code: Code,
  ...found: Parameters<(typeof messages)[Code]>
): TracingError {
  const message = messages[code] as (...found: unknown[]) => string;
  return new TracingError(code, message(...found));
}
