import { expect, it } from 'vitest';
import { controlSignalOf } from './control-variables.js';

it.each(['SIGUSR2', ' SIGHUP '])('%s can turn tracing on and off', (text) => {
  expect(controlSignalOf({ TRACING_SIGNAL: text })).toEqual({ signal: text.trim(), warnings: [] });
});

it.each(['SIGUSR1', 'SIGKILL', 'SIGSTOP', 'SIGTERM', 'SIGINT', 'SIGSEGV', 'USR2', 'sigusr2', '12'])(
  '%s cannot, and the warning says what can',
  (text) => {
    expect(controlSignalOf({ TRACING_SIGNAL: text })).toEqual({
      warnings: [
        'TRACING_SIGNAL: expected SIGUSR2, SIGHUP, SIGALRM, SIGCONT, SIGIO, SIGPWR, SIGURG, SIGVTALRM, ' +
          `SIGWINCH, but got '${text}'. No signal turns tracing on or off.`,
      ],
    });
  },
);

it('without the variable there is no signal', () => {
  expect(controlSignalOf({ TRACING_SIGNAL: ' ' })).toEqual({ warnings: [] });
});
