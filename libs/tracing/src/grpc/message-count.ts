import type { Attributes } from '@opentelemetry/api';

/** Counts the messages of a streaming call, for its span (rule 11). */
export class MessageCount {
  private sent = 0;
  private received = 0;

  constructor(private readonly isStream: boolean) {}

  countSent(): void {
    this.sent++;
  }

  countReceived(): void {
    this.received++;
  }

  attributes(): Attributes {
    return this.isStream
      ? { 'rpc.messages_sent': this.sent, 'rpc.messages_received': this.received }
      : {};
  }
}
