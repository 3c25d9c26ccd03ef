import type { Attributes } from '@opentelemetry/api';
import type { TimedEvent } from '@opentelemetry/sdk-trace';

/** Frames of one stack; a stack overflow in an app that asks for long stacks has thousands. */
const MOST_FRAMES = 50;

/**
 * The events of a span with their stacks as the X-Ray exporter parses them: frames of Node itself and
 * those without a place left out, and no `file://` before a path. Each cause of an error is an
 * exception of its own: the exporter would put its frames on the error's stack.
 */
export function exceptionEvents(events: readonly TimedEvent[]): TimedEvent[] {
  return events.flatMap((event) => {
    const { 'exception.stacktrace': stack, ...rest } = event.attributes ?? {};
    if (event.name !== 'exception' || typeof stack !== 'string') return [event];
    const [own = '', ...causes] = stack.split(/\n(?=(?:caused by|errors\[\d+\]): )/);
    return [
      { ...event, attributes: { ...rest, 'exception.stacktrace': readableStack(own) } },
      ...causes.map((cause) => ({ ...event, attributes: causeAttributes(cause) })),
    ];
  });
}

function causeAttributes(cause: string): Attributes {
  const text = cause.replace(/^[^:]*: /, '');
  const [head = ''] = text.split(/\n {4}at /, 1);
  const [, type = 'Error', message = head] = /^([\w$.]+)(?:: |$)([^]*)$/.exec(head) ?? [];
  return {
    'exception.type': type,
    'exception.message': message,
    'exception.stacktrace': readableStack(text),
  };
}

function readableStack(stack: string): string {
  let frames = 0;
  return stack
    .split('\n')
    .filter((line) => !/^ +at /.test(line) || (hasPlace(line) && ++frames <= MOST_FRAMES))
    .join('\n')
    .replaceAll('file://', '');
}

function hasPlace(frame: string): boolean {
  return /:\d+:\d+\)?$/.test(frame) && !/[ (]node:/.test(frame);
}
