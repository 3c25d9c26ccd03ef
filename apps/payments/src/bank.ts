import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { SpanAttribute, Traced } from 'nestjs-tracing';

const TRANSACTION_MS = 15;

/** A bank that declines the card `declined`, and cards that begin with 0000. */
@Injectable()
export class Bank {
  @Traced()
  async accepts(
    card: string,
    @SpanAttribute('shop.amount_cents') _amountCents: number,
  ): Promise<boolean> {
    await setTimeout(TRANSACTION_MS);
    return card !== 'declined' && !card.startsWith('0000');
  }

  @Traced()
  async transfer(
    @SpanAttribute('shop.supplier') _supplier: string,
    @SpanAttribute('shop.amount_cents') _amountCents: number,
  ): Promise<void> {
    await setTimeout(TRANSACTION_MS);
  }
}
