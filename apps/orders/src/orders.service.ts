import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { Inject, Injectable } from '@nestjs/common';
import { type ClientGrpc, RpcException } from '@nestjs/microservices';
import {
  type CounterOffer,
  type Delivery,
  type DeliveryLine,
  forwardStatus,
  INVENTORY,
  type InventoryClient,
  type Offer,
  type Order,
  type OrderEvent,
  type Payment,
  PAYMENTS,
  type PaymentsClient,
  type Reservation,
  type StockReceipt,
} from '@shop/contracts';
import { SpanAttribute, Traced, TracedLogger } from 'nestjs-tracing';
import { concat, concatMap, firstValueFrom, map, type Observable, tap } from 'rxjs';

@Injectable()
export class OrdersService {
  private readonly inventory: InventoryClient;
  private readonly payments: PaymentsClient;
  private readonly orders = new Map<string, Order>();

  constructor(
    @Inject(INVENTORY) inventory: ClientGrpc,
    @Inject(PAYMENTS) payments: ClientGrpc,
    private readonly logger: TracedLogger,
  ) {
    this.inventory = inventory.getService(INVENTORY);
    this.payments = payments.getService(PAYMENTS);
  }

  @Traced()
  async place(
    @SpanAttribute('shop.sku') sku: string,
    @SpanAttribute('shop.quantity') quantity: number,
    card: string,
  ): Promise<Order> {
    const id = randomUUID();
    this.logger.info({ orderId: id, sku, quantity }, 'placing an order');
    const reservation = await firstValueFrom(
      this.inventory.reserve({ sku, quantity }).pipe(forwardStatus()),
    );
    const amountCents = quantity * reservation.priceCents;
    const payment = await this.charge(id, amountCents, card, reservation);
    const order: Order = {
      id,
      sku,
      quantity,
      amountCents,
      status: payment.status,
      reservationId: reservation.id,
      paymentId: payment.id,
    };
    this.orders.set(id, order);
    this.logger.info({ orderId: id, amountCents }, 'order placed');
    return order;
  }

  @Traced()
  find(@SpanAttribute('shop.order_id') id: string): Order {
    const order = this.orders.get(id);
    if (!order) {
      this.logger.warn({ orderId: id }, 'unknown order');
      throw new RpcException({ code: status.NOT_FOUND, message: `There is no order ${id}.` });
    }
    this.logger.info({ orderId: id, status: order.status }, 'looking at an order');
    return order;
  }

  @Traced()
  watch(@SpanAttribute('shop.order_id') id: string): Observable<OrderEvent> {
    const order = this.find(id);
    const { paymentId, reservationId } = order;
    const payment = this.payments.status({ paymentId }).pipe(map(({ status }) => status));
    const packing = this.inventory.track({ reservationId }).pipe(map(({ step }) => step));
    return concat(payment, packing).pipe(
      forwardStatus(),
      tap((status) => {
        order.status = status;
        this.logger.info({ orderId: id, status }, `order ${status}`);
      }),
      map((status) => ({ orderId: id, status })),
    );
  }

  @Traced()
  deliver(lines: Observable<DeliveryLine>): Observable<Delivery> {
    let supplier = '';
    const stockLines = lines.pipe(
      tap((line) => this.logger.info(line, 'goods arrived')),
      map((line) => {
        supplier = line.supplier;
        return { sku: line.sku, quantity: line.quantity };
      }),
    );
    return this.inventory.importStock(stockLines).pipe(
      concatMap((receipt) => this.pay(supplier, receipt)),
      forwardStatus(),
      tap(({ units, costCents }) => this.logger.info({ units, costCents }, 'delivery paid')),
    );
  }

  @Traced()
  haggle(offers: Observable<Offer>): Observable<CounterOffer> {
    const bids = offers.pipe(
      tap((offer) => this.logger.info(offer, 'passing on an offer')),
      concatMap(({ sku, offerCents }) =>
        this.inventory
          .check({ sku })
          .pipe(
            map(({ priceCents, inStock }) => ({ offerCents, listPriceCents: priceCents, inStock })),
          ),
      ),
    );
    return this.payments.haggle(bids).pipe(forwardStatus());
  }

  private pay(supplier: string, { units, costCents }: StockReceipt): Observable<Delivery> {
    return this.payments
      .paySupplier({ supplier, amountCents: costCents })
      .pipe(map(({ id }) => ({ supplier, units, costCents, transferId: id })));
  }

  /** Goods that are not paid go back on their shelf. */
  private async charge(
    orderId: string,
    amountCents: number,
    card: string,
    { id: reservationId }: Reservation,
  ): Promise<Payment> {
    try {
      return await firstValueFrom(
        this.payments.charge({ orderId, amountCents, card }).pipe(forwardStatus()),
      );
    } catch (error) {
      this.logger.warn({ orderId, reservationId }, 'not paid, releasing the goods');
      await firstValueFrom(this.inventory.release({ reservationId }).pipe(forwardStatus()));
      throw error;
    }
  }
}
