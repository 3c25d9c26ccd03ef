import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { diag } from '@opentelemetry/api';
import { runningApps } from '../../app/running-apps.js';
import { fetchRequests } from './fetch-requests.js';
import { nodeRequests } from './node-requests.js';

type Listener = (message: unknown) => void;

/** Shared by both builds of this package: there is one subscription for all apps of a process. */
const key = Symbol.for('nestjs-tracing.outgoing-channels');
const state = globalThis as { [key]?: readonly (readonly [channel: string, Listener])[] };

/** Subscribes to Node's diagnostics channels for client requests if an app is running, else unsubscribes. */
export function followRunningApps(): void {
  const isNeeded = runningApps.all.length > 0;
  if (isNeeded && state[key] === undefined) {
    state[key] = listeners();
    for (const [channel, listener] of state[key]) subscribe(channel, listener);
  } else if (!isNeeded && state[key] !== undefined) {
    for (const [channel, listener] of state[key]) unsubscribe(channel, listener);
    delete state[key];
  }
}

function listeners(): [channel: string, Listener][] {
  return Object.entries({ ...nodeRequests, ...fetchRequests }).map(([channel, listener]) => [
    channel,
    unthrowing(listener as Listener),
  ]);
}

/** Catches what a listener throws: an error in a channel's listener would end the process. */
function unthrowing(listener: Listener): Listener {
  return (message) => {
    try {
      listener(message);
    } catch (error) {
      diag.error('An outgoing HTTP request could not be traced', error);
    }
  };
}
