/**
 * Loads OpenTelemetry instrumentations before the app, so that they can patch what they trace.
 *
 * @example
 * ```sh
 * TRACING_INSTRUMENTATIONS=@opentelemetry/instrumentation-pg node --import nestjs-tracing/register dist/main.js
 * ```
 * @packageDocumentation
 */
import { registerInstrumentations } from './instrumentation/register-instrumentations.js';

registerInstrumentations();
