import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpanRecorder } from '../../test-support/span-recorder.js';
import { tracedLogger } from '../../test-support/written-lines.js';
import { xray } from '../backends/xray/xray.js';

let recorder: SpanRecorder;
beforeEach(() => {
  recorder = new SpanRecorder();
});
afterEach(() => recorder.dispose());

/** The events of a method that logs, and may throw. */
function eventsOf(body: () => void): (typeof recorder.spans)[number]['events'] {
  try {
    recorder.run('Orders.place', body);
  } catch {
    // recorded on the span
  }
  return recorder.span('Orders.place').events;
}

const torn = (): TypeError => Object.assign(new TypeError('torn'), { page: 7 });

it.each<[way: string, log: (log: ReturnType<typeof tracedLogger>['log'], error: Error) => void]>([
  ['the error itself', (log, error) => log.error(error)],
  ['the error and a message', (log, error) => log.error(error, 'failed')],
  ['{ err }', (log, err) => log.error({ err }, 'failed')],
  ['{ err } in bindings', (log, err) => log.child({ err }).error('failed')],
])('rule 18: an error in the line becomes exception.*: %s', (_, write) => {
  const { log } = tracedLogger();
  const error = torn();
  const [event] = eventsOf(() => write(log, error));
  expect(event?.attributes).toEqual({
    level: 'error',
    'exception.type': 'TypeError',
    'exception.message': 'torn',
    'exception.stacktrace': error.stack,
    'err.page': 7,
  });
});

it('rule 18: an error under `error`, or under the key of the app, is one too', () => {
  const error = torn();
  const serializers = { error: (one: Error) => ({ ...one, name: one.name, message: one.message }) };
  const [first, second] = eventsOf(() => {
    tracedLogger({ serializers }).log.warn({ error }, 'failed');
    tracedLogger({ errorKey: 'failure' }).log.warn({ failure: error }, 'failed');
  });
  const expected = { 'exception.type': 'TypeError', 'exception.message': 'torn' };
  expect(first?.attributes).toEqual({ level: 'warn', ...expected, 'error.page': 7 });
  expect(second?.attributes).toMatchObject({ ...expected, 'failure.page': 7 });
});

it('rule 18: causes and the errors of an AggregateError are in the stack', () => {
  const { log } = tracedLogger();
  const cause = new RangeError('below');
  const error = new AggregateError([new Error('one'), 'no error'], 'all', { cause });
  const [event] = eventsOf(() => log.error(error));
  const stack = String(event?.attributes?.['exception.stacktrace']);
  expect(event?.attributes).toMatchObject({ 'exception.message': 'all: below' });
  expect(stack).toMatch(/^AggregateError: all\n/);
  expect(stack).toMatch(/\ncaused by: RangeError: below\n +at /);
  expect(stack).toMatch(/\nerrors\[0\]: Error: one\n +at /);
  expect(stack).toMatch(/\nerrors\[1\]: no error$/);
  expect(event?.attributes).not.toHaveProperty('err.aggregateErrors');
});

it('an error that is logged and then thrown has one full stack on the span', () => {
  const { log } = tracedLogger();
  const error = torn();
  const events = eventsOf(() => {
    log.error(error, 'failed');
    log.error({ err: error }, 'failed again');
    throw error;
  });
  expect(events.map(({ name }) => name)).toEqual(['failed', 'failed again', 'exception']);
  expect(JSON.stringify(events).match(/exception\.stacktrace/g)).toHaveLength(1);
  expect(events[2]?.attributes).toEqual({
    'exception.type': 'TypeError',
    'exception.message': 'torn',
  });
});

it('an error whose stack is redacted on the line is recorded in full when it is thrown', () => {
  const { log } = tracedLogger({ redact: { paths: ['err.stack'], remove: true } });
  const error = torn();
  const events = eventsOf(() => {
    log.error(error, 'failed');
    throw error;
  });
  expect(events[0]?.attributes).not.toHaveProperty('exception.stacktrace');
  expect(events[1]?.attributes).toMatchObject({ 'exception.stacktrace': error.stack });
});

it('an error that passes several spans and is logged on the way has one full stack on each', () => {
  const { log } = tracedLogger();
  const error = torn();
  eventsOf(() => {
    try {
      recorder.run('Warehouse.pick', () => {
        throw error;
      });
    } catch (caught) {
      log.error(caught, 'failed');
      throw caught;
    }
  });
  const stacks = (name: string): number =>
    recorder.span(name).events.filter((event) => event.attributes?.['exception.stacktrace']).length;
  expect([stacks('Warehouse.pick'), stacks('Orders.place')]).toEqual([1, 1]);
});

it('for X-Ray: an error that is logged and then thrown is one exception', () => {
  const { log } = tracedLogger({}, xray.logLines);
  const error = torn();
  const events = eventsOf(() => {
    log.error(error, 'failed');
    log.error({ err: error }, 'failed again');
    throw error;
  });
  expect(events).toHaveLength(1);
});

it('rule 20: the first error stays, whatever is logged after it', () => {
  const { log } = tracedLogger();
  const events = eventsOf(() => {
    log.info('before');
    log.error(torn(), 'first');
    for (let at = 0; at < 1000; at++) log.info(`chatter ${at}`);
    for (let at = 0; at < 1000; at++) log.error(`error ${at}`);
  });
  expect(events).toHaveLength(128);
  expect(events[0]?.name).toBe('first');
  expect(events.at(-1)?.name).toBe('error 999');
  expect(recorder.span('Orders.place').droppedEventsCount).toBe(2002 - 128);
});
