import { sharedSymbol } from '../span/process-state.js';

/**
 * Injection tokens, which both builds of this version share. Nest shows their descriptions in its error if a
 * provider is missing.
 */
export const TRACING_APP = sharedSymbol('TracingModule.forRoot()');
export const TRACER = sharedSymbol('the tracer of TracingModule.forFeature()');
export const FEATURE_NAMES = sharedSymbol('the names given to forFeature()');

/** A `StartTracing` that replaces the default one, in tests. */
export const START_TRACING = sharedSymbol('how tracing starts');

/** Describes where the logger comes from, for the startup line. */
export const LOGGER_ORIGIN = sharedSymbol('whose logger it is');
