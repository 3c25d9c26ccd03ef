import { sharedSymbol } from '../span/process-state.js';

/**
 * Injection tokens, which both builds of this version share. Nest shows their descriptions in its error if a
 * provider is missing.
 */
export const TRACING_APP = sharedSymbol('TracingModule.forRoot()');
export const TRACER = sharedSymbol('the tracer of TracingModule.forFeature()');
export const PACKAGE_NAMES = sharedSymbol('the names given to forFeature()');

/** A `StartTracing`, where tracing starts otherwise than the options say: in a test. */
export const START_TRACING = sharedSymbol('how tracing starts');

/** Whose logger it is, in words for the line at start. */
export const LOGGER_ORIGIN = sharedSymbol('whose logger it is');
