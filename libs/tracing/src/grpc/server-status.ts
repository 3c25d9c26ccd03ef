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

const deadlineExceeded: Status = { code: DEADLINE_EXCEEDED, details: 'Deadline exceeded' };

/** How long before the server's deadline the caller's may pass at most, in milliseconds. */
const LONGEST_LEAD = 50;

/** The rounding error of a deadline in whole milliseconds. */
const CLOCK_STEP = 1;

/**
 * The status with which a call ends on the server. It is read from what was sent, not from the answer of
 * the handler: grpc-js itself answers a message that is too large or that cannot be written, an answer to
 * a caller that has disconnected is never sent, and one sent at the deadline is too late for the caller,
 * whose deadline began to run before the server's.
 *
 * The call ends when the answer of the app is handed to the transport, however long sending takes
 * (rule 32). A call cut off by the caller, a deadline or grpc-js ends when the handler is notified.
 */
export class ServerStatus {
  private readonly begin = Date.now();
  private readonly stream: ServerHttp2Stream | undefined;
  private answer: PartialStatus | undefined;
  /** A reading of `performance.now()`, as all times here. */
  private answeredAt = 0;
  private notifiedAt = 0;
  private isOfApp = false;

  constructor(private readonly call: ServerInterceptingCallInterface) {
    // Not in the types. If a later grpc-js has no such field, the answer counts as sent.
    this.stream = (call as { stream?: ServerHttp2Stream }).stream;
    const { sendStatus } = call;
    // The responder of an interceptor does not see the statuses that grpc-js itself sends.
    call.sendStatus = (status) => {
      if (this.answer === undefined) {
        this.answer =
          Date.now() < Number(call.getDeadline()) - CLOCK_STEP ? status : deadlineExceeded;
        this.answeredAt = performance.now();
      }
      sendStatus.call(call, status);
    };
  }

  /** Notes that the app answers. Call it before the answer is sent. */
  answeredByApp(): void {
    if (this.answer === undefined) this.isOfApp = true;
  }

  /**
   * Calls back when the status is final. Call it when grpc-js has ended the call and notified the handler.
   * A caller that cancels also ends its messages, so the handler may answer before it sees the
   * cancellation. Whether that answer was sent is known once the stream closes, which is soon, since both
   * sides have ended.
   */
  whenKnown(callback: () => void): void {
    const { stream } = this;
    this.notifiedAt = performance.now();
    if (stream?.closed === false && stream.readableEnded) stream.once('close', callback);
    else callback();
  }

  read(): Status {
    if (this.answer !== undefined && this.isSent()) {
      return { code: this.answer.code ?? 0, details: this.answer.details ?? '' };
    }
    return this.isTooLate() ? deadlineExceeded : { code: CANCELLED, details: '' };
  }

  /** When the call ended, once its status is final. */
  get endedAt(): number {
    return this.isOfApp && this.isSent() ? this.answeredAt : this.notifiedAt;
  }

  private isSent(): boolean {
    const { stream } = this;
    if (stream === undefined) return true;
    const last = stream.sentTrailers ?? stream.sentHeaders;
    return last?.[STATUS_HEADER] !== undefined && stream.rstCode !== NGHTTP2_CANCEL;
  }

  /** A caller cancels when its deadline has passed, which began to run before the server's. */
  private isTooLate(): boolean {
    const deadline = Number(this.call.getDeadline());
    const lead = Math.min(LONGEST_LEAD, (deadline - this.begin) / 4);
    return deadline - lead <= Date.now();
  }
}
