import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { diag } from '@opentelemetry/api';
import { runningApps } from '../../app/running-apps.js';
import { processState } from '../../span/process-state.js';
import { fetchRequests } from './fetch-requests.js';
import { nodeRequests } from './node-requests.js';

type Listener = (message: unknown) => void;

/** Both builds of this version share one subscription for all apps of a process. */
const state = processState<{ subscribed?: [channel: string, Listener][] }>(
  'client channels',
  () => ({}),
);

/** Subscribes to Node's diagnostics channels for client requests if an app is running, else unsubscribes. */
export function followRunningApps(): void {
  const isNeeded = runningApps.all.length > 0;
  if (isNeeded && state.subscribed === undefined) {
    state.subscribed = listeners();
    for (const [channel, listener] of state.subscribed) subscribe(channel, listener);
  } else if (!isNeeded && state.subscribed !== undefined) {
    for (const [channel, listener] of state.subscribed) unsubscribe(channel, listener);
    delete state.subscribed;
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
