import type { ServerHttp2Stream } from 'node:http2';
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';

type PartialStatus = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];

const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;
const STATUS_HEADER = 'grpc-status';
const NGHTTP2_CANCEL = 8;

interface Status {
  readonly code: number;
  readonly details: string;
}

const tooLate: Status = { code: DEADLINE_EXCEEDED, details: 'Deadline exceeded' };

/** The longest that the caller's deadline may be over before ours is, in milliseconds. */
const LONGEST_LEAD = 50;

/** By as much a deadline in whole milliseconds may be off. */
const CLOCK_STEP = 1;

/**
 * The status with which a call ends on the server. It is read from what went out, not from what the
 * handler answered: grpc-js itself answers a message that is too large or that cannot be written, an
 * answer to a caller that has gone is never sent, and one that goes out at the deadline is too late for
 * the caller, whose deadline began to run before ours.
 *
 * The call ends when the answer of the app is handed to the transport, however long that takes to send
 * it (rule 32). What is cut off, by the caller, a deadline or grpc-js, ends when the handler was told.
 */
export class ServerStatus {
  private readonly begin = Date.now();
  private readonly stream: ServerHttp2Stream | undefined;
  private answer: PartialStatus | undefined;
  /** By `performance.now()`, as all times here. */
  private answeredAt = 0;
  private toldAt = 0;
  private isOfApp = false;

  constructor(private readonly call: ServerInterceptingCallInterface) {
    // Not in the types. Where a later grpc-js has no such field, what was answered counts.
    this.stream = (call as { stream?: ServerHttp2Stream }).stream;
    const { sendStatus } = call;
    // No interceptor's responder is told of the statuses that grpc-js makes.
    call.sendStatus = (status) => {
      if (this.answer === undefined) {
        this.answer = Date.now() < Number(call.getDeadline()) - CLOCK_STEP ? status : tooLate;
        this.answeredAt = performance.now();
      }
      sendStatus.call(call, status);
    };
  }

  /** To be called before the app's answer is sent. */
  answeredByApp(): void {
    if (this.answer === undefined) this.isOfApp = true;
  }

  /**
   * Calls back when the status stands, once grpc-js has done with the call and has told the handler. A
   * caller that cancels also ends its messages, so handlers may answer before the cancellation is seen:
   * such an answer is known by how the stream closes, which it does soon, since both sides have ended.
   */
  whenKnown(callback: () => void): void {
    const { stream } = this;
    this.toldAt = performance.now();
    if (stream?.closed === false && stream.readableEnded) stream.once('close', callback);
    else callback();
  }

  read(): Status {
    if (this.answer !== undefined && this.isSent()) {
      return { code: this.answer.code ?? 0, details: this.answer.details ?? '' };
    }
    return this.isTooLate() ? tooLate : { code: CANCELLED, details: '' };
  }

  /** When the call ended, once its status stands. */
  get endedAt(): number {
    return this.isOfApp && this.isSent() ? this.answeredAt : this.toldAt;
  }

  private isSent(): boolean {
    const { stream } = this;
    if (stream === undefined) return true;
    const last = stream.sentTrailers ?? stream.sentHeaders;
    return last?.[STATUS_HEADER] !== undefined && stream.rstCode !== NGHTTP2_CANCEL;
  }

  /** A caller cancels when its deadline is over, which began to run before ours. */
  private isTooLate(): boolean {
    const deadline = Number(this.call.getDeadline());
    const lead = Math.min(LONGEST_LEAD, (deadline - this.begin) / 4);
    return deadline - lead <= Date.now();
  }
}
