import type { Undo } from '../../app/patch.js';
import type { ControlSignal } from '../../options/control-variables.js';
import { processState } from '../../span/process-state.js';

interface Toggles {
  readonly all: Set<() => void>;
  readonly stop: Undo;
}

/** What each signal toggles, in all apps of both builds of this version: one listener for each signal. */
const togglesBySignal = processState('signal toggles', () => new Map<ControlSignal, Toggles>());

/** Calls `toggle` whenever the process receives a signal, until the returned function is called. */
export function onSignal(signal: ControlSignal, toggle: () => void): Undo {
  const toggles = togglesBySignal.get(signal) ?? listen(signal);
  togglesBySignal.set(signal, toggles);
  toggles.all.add(toggle);
  return () => {
    toggles.all.delete(toggle);
    if (toggles.all.size > 0) return;
    togglesBySignal.delete(signal);
    toggles.stop();
  };
}

function listen(signal: ControlSignal): Toggles {
  const all = new Set<() => void>();
  const listener = (): void => {
    for (const toggle of all) toggle();
  };
  process.on(signal, listener);
  const restore = withoutShutdown(signal);
  return {
    all,
    stop: () => {
      process.off(signal, listener);
      restore();
    },
  };
}

/**
 * Keeps a signal from shutting down apps: `enableShutdownHooks()` of Nest listens for SIGUSR2 and SIGHUP too,
 * with the same function as for SIGTERM, before or after this app starts.
 */
function withoutShutdown(signal: ControlSignal): Undo {
  const removed = new Set<NodeJS.SignalsListener>();
  const remove = (): void => {
    for (const listener of process.listeners(signal).filter(isShutdown)) {
      process.off(signal, listener);
      removed.add(listener);
    }
  };
  const onNewListener = (event: string | symbol): void => {
    // Not added yet, and not for the other signals.
    if (event === signal) queueMicrotask(remove);
  };
  remove();
  process.on('newListener', onNewListener);
  return () => {
    process.off('newListener', onNewListener);
    // Nest has removed those of apps that have closed from SIGTERM, too.
    for (const listener of removed) if (isShutdown(listener)) process.on(signal, listener);
  };
}

function isShutdown(listener: NodeJS.SignalsListener): boolean {
  return process.listeners('SIGTERM').includes(listener);
}
