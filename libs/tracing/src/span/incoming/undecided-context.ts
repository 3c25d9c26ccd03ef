import {
  createContextKey,
  ROOT_CONTEXT,
  trace,
  type Context,
  type SpanContext,
} from '@opentelemetry/api';

const key = createContextKey('nestjs-tracing.undecided');

/** A context whose trace goes on, but whose caller has no say in whether it is recorded (rule 27). */
export function undecidedContext(caller: SpanContext): Context {
  return trace.setSpanContext(ROOT_CONTEXT, caller).setValue(key, caller);
}

/** Whether a span right below the caller is to be decided on: those further down follow that one. */
export function isUndecided(context: Context): boolean {
  const caller = context.getValue(key);
  return caller !== undefined && trace.getSpanContext(context) === caller;
}
