import type { Context } from '@opentelemetry/api';
import { matches } from '../../span/matches.js';
import { recordsNothing } from '../../span/app/records-nothing.js';
import type { Caller } from './caller.js';
import { OutgoingCall } from './outgoing-call.js';
import { outgoingCalls } from './outgoing-calls.js';
import type { Target } from './target.js';

/** A request before it is sent. */
export interface OutgoingRequest {
  readonly method: string;
  readonly target: Target;
  /** Whether it is only to carry the context. */
  readonly isWithoutSpan?: boolean;
  setHeader(key: string, value: string): void;
}

/**
 * Begins the client span of a request and gives the request its headers. Where nothing is recorded, the
 * context of the caller is carried on as it is.
 *
 * @param request what stands for it in what is told of it later
 */
export function beginOutgoingCall(
  caller: Caller,
  request: object,
  { method, target, isWithoutSpan, setHeader }: OutgoingRequest,
): void {
  if (isWithoutSpan || recordsNothing(caller.app)) {
    carry(caller, caller.context, target, setHeader);
    return;
  }
  const call = new OutgoingCall(caller, method, target);
  carry(caller, call.context, target, setHeader);
  outgoingCalls.begin(request, call);
}

function carry(
  { app: { propagator, settings } }: Caller,
  context: Context,
  { host, port }: Target,
  set: OutgoingRequest['setHeader'],
): void {
  const { propagateTo } = settings;
  const isMeant =
    propagateTo === undefined ||
    matches(host, propagateTo) ||
    matches(`${host}:${port}`, propagateTo);
  if (isMeant) propagator.inject(context, undefined, { set: (_, key, value) => set(key, value) });
}
