import type { IsError, TraceOptions } from './class-plan.js';
import { isExpected } from './error-kinds.js';

/** Whether an error is one of the span, by its `isError` or by rule 4. */
export function isInvalid({ isError }: TraceOptions, error: unknown): boolean {
  try {
    return answers[isError](error);
  } catch {
    return !isExpected(error);
  }
}

/** An `isError` that throws decides nothing, also where it is the error that throws: rule 4 does. */
const answers: Record<IsError, (error: unknown) => boolean> = {
  'by rule': (error) => !isExpected(error),
  throws: (error) => !isExpected(error),
  always: () => true,
  never: () => false,
  'if Error': (error) => error instanceof Error,
};
