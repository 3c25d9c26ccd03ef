/** Injection tokens. Their descriptions stand in Nest's own error when something is missing. */
export const TRACING_APP = Symbol('nestjs-tracing: TracingModule.forRoot()');
export const TRACER = Symbol('nestjs-tracing: the tracer of TracingModule.forFeature()');
export const PACKAGE_NAMES = Symbol('nestjs-tracing: the names given to forFeature()');

/** A `StartTracing`, where tracing starts otherwise than the options say: in a test. */
export const START_TRACING = Symbol('nestjs-tracing: how tracing starts');

/** Whose logger it is, in words for the line at start. */
export const LOGGER_ORIGIN = Symbol('nestjs-tracing: whose logger it is');
