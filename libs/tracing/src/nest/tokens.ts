/**
 * Injection tokens. Registered symbols, so that both builds of this package name the same thing; their
 * descriptions stand in Nest's own error when something is missing.
 */
export const TRACING_APP = Symbol.for('nestjs-tracing: TracingModule.forRoot()');
export const TRACER = Symbol.for('nestjs-tracing: the tracer of TracingModule.forFeature()');
export const PACKAGE_NAMES = Symbol.for('nestjs-tracing: the names given to forFeature()');

/** A `StartTracing`, where tracing starts otherwise than the options say: in a test. */
export const START_TRACING = Symbol.for('nestjs-tracing: how tracing starts');

/** Whose logger it is, in words for the line at start. */
export const LOGGER_ORIGIN = Symbol.for('nestjs-tracing: whose logger it is');
