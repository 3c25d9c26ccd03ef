import { randomBytes } from 'node:crypto';
import {
  createContextKey,
  isSpanContextValid,
  trace,
  TraceFlags,
  type Context,
} from '@opentelemetry/api';
import { withMadeUpCaller } from './parentless.js';

const ignoredKey = createContextKey('nestjs-tracing.ignored');

/**
 * The context of an ignored request: the trace that came in goes on, or a new one begins, but
 * unsampled, so that neither this service nor the next ones record anything (rule 29).
 */
export function ignoredContext(extracted: Context): Context {
  const parent = withMadeUpCaller(extracted);
  const incoming = trace.getSpanContext(parent);
  const ignored = trace.setSpanContext(parent, {
    ...(incoming !== undefined && isSpanContextValid(incoming)
      ? incoming
      : { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') }),
    traceFlags: TraceFlags.NONE,
  });
  return ignored.setValue(ignoredKey, true);
}

/** For samplers of the user's own, which need not follow the parent. */
export function isIgnoredContext(context: Context): boolean {
  return context.getValue(ignoredKey) === true;
}
