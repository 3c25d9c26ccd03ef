import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { Injectable } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import type {
  Bid,
  ChargeRequest,
  Payment,
  PaySupplierRequest,
  Transfer,
  Verdict,
} from '@shop/contracts';
import { SpanAttribute, Traced, TracedLogger } from 'nestjs-tracing';
import { map, type Observable } from 'rxjs';
import { Bank } from './bank.js';

const LOWEST = 0.75;
const LOWEST_WHEN_SCARCE = 0.95;
const SCARCE = 10;

@Injectable()
export class PaymentsService {
  private readonly payments = new Map<string, Payment>();

  constructor(
    private readonly bank: Bank,
    private readonly logger: TracedLogger,
  ) {}

  @Traced()
  async charge({ orderId, amountCents, card }: ChargeRequest): Promise<Payment> {
    this.logger.info({ orderId, amountCents }, 'charging the card');
    if (!(await this.bank.accepts(card, amountCents))) {
      this.logger.warn({ orderId, amountCents }, 'card declined');
      throw new RpcException({
        code: status.FAILED_PRECONDITION,
        message: 'The card was declined.',
      });
    }
    const payment: Payment = { id: randomUUID(), orderId, amountCents, status: 'paid' };
    this.payments.set(payment.id, payment);
    return payment;
  }

  @Traced()
  find(@SpanAttribute('shop.payment_id') id: string): Payment {
    const payment = this.payments.get(id);
    if (!payment) {
      this.logger.warn({ paymentId: id }, 'unknown payment');
      throw new RpcException({ code: status.NOT_FOUND, message: `There is no payment ${id}.` });
    }
    this.logger.info({ paymentId: id, status: payment.status }, 'looking at a payment');
    return payment;
  }

  @Traced()
  async paySupplier({ supplier, amountCents }: PaySupplierRequest): Promise<Transfer> {
    this.logger.info({ supplier, amountCents }, 'paying a supplier');
    await this.bank.transfer(supplier, amountCents);
    return { id: randomUUID(), supplier, amountCents };
  }

  @Traced()
  haggle(bids: Observable<Bid>): Observable<Verdict> {
    return bids.pipe(map((bid) => this.judge(bid)));
  }

  @Traced()
  judge(@SpanAttribute('shop.offer_cents', ({ offerCents }: Bid) => offerCents) bid: Bid): Verdict {
    const { offerCents, listPriceCents, inStock } = bid;
    const lowest = listPriceCents * (inStock > SCARCE ? LOWEST : LOWEST_WHEN_SCARCE);
    const accepted = offerCents >= lowest;
    const priceCents = accepted ? offerCents : Math.round((lowest + listPriceCents) / 2);
    this.logger.info({ offerCents, priceCents }, accepted ? 'offer accepted' : 'offer refused');
    return { offerCents, priceCents, accepted };
  }
}
