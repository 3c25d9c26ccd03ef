export type TracingErrorCode =
  'TRACING_LOGGER_GIVEN_TWICE' | 'TRACING_NO_LOGGER' | 'TRACING_NO_FEATURE';

/** An error in how the tracing module is used. All of them are thrown at start. */
export class TracingError extends Error {
  override readonly name = 'TracingError';

  private constructor(
    readonly code: TracingErrorCode,
    message: string,
  ) {
    super(`${message} (${code})`);
  }

  static loggerGivenTwice(): TracingError {
    return new TracingError(
      'TRACING_LOGGER_GIVEN_TWICE',
      'The app imports LoggerModule of nestjs-pino, and TracingModule was given `logger` settings ' +
        'too: two sets for one logger. Move them into LoggerModule.forRoot(), or remove ' +
        'LoggerModule and let TracingModule bring it.',
    );
  }

  static noLogger(): TracingError {
    return new TracingError(
      'TRACING_NO_LOGGER',
      'TracedLogger was injected, but TracingModule has `logger: false` and the app imports no ' +
        'LoggerModule of nestjs-pino. Remove `logger: false`, or import LoggerModule.',
    );
  }

  static noFeature(injectedInto: string): TracingError {
    return new TracingError(
      'TRACING_NO_FEATURE',
      `@InjectTracer() stands in ${injectedInto}, whose module has no tracer of its own. Add ` +
        "TracingModule.forFeature('<name of the package>') to the imports of that module, or name " +
        "the tracer of another: @InjectTracer('<name>').",
    );
  }
}
