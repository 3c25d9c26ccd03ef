import { Inject, Injectable } from '@nestjs/common';
import type { ClientGrpc } from '@nestjs/microservices';
import {
  type CounterOffer,
  type Delivery,
  type DeliveryLine,
  forwardStatus,
  type Order,
  type OrderEvent,
  ORDERS,
  type OrdersClient,
  type PlaceRequest,
} from '@shop/contracts';
import { SpanAttribute, Traced, TracedLogger } from 'nestjs-tracing';
import {
  firstValueFrom,
  from,
  map,
  type Observable,
  startWith,
  Subject,
  takeWhile,
  tap,
  zip,
} from 'rxjs';
import type { DeliverRequest, HaggleRequest } from './requests.js';

@Injectable()
export class ShopService {
  private readonly orders: OrdersClient;

  constructor(
    @Inject(ORDERS) orders: ClientGrpc,
    private readonly logger: TracedLogger,
  ) {
    this.orders = orders.getService(ORDERS);
  }

  @Traced()
  async place(
    @SpanAttribute('shop.sku', ({ sku }: PlaceRequest) => sku) request: PlaceRequest,
  ): Promise<Order> {
    const { sku, quantity } = request;
    this.logger.info({ sku, quantity }, 'a customer orders');
    const order = await firstValueFrom(this.orders.place(request).pipe(forwardStatus()));
    this.logger.info({ orderId: order.id, status: order.status }, 'the customer gets a receipt');
    return order;
  }

  @Traced()
  find(@SpanAttribute('shop.order_id') id: string): Observable<Order> {
    this.logger.info({ orderId: id }, 'a customer asks for an order');
    return this.orders.get({ id }).pipe(forwardStatus());
  }

  @Traced()
  watch(@SpanAttribute('shop.order_id') id: string): Observable<OrderEvent> {
    this.logger.info({ orderId: id }, 'a customer watches an order');
    return this.orders.watch({ id }).pipe(forwardStatus());
  }

  @Traced()
  deliver(request: DeliverRequest): Observable<Delivery> {
    const lines = this.merge(request);
    this.logger.info({ supplier: request.supplier, lines: lines.length }, 'a supplier delivers');
    return this.orders.deliver(from(lines)).pipe(forwardStatus());
  }

  /** The next offer is made when the last one is answered, until one is accepted. */
  @Traced()
  haggle({ sku, offers }: HaggleRequest): Observable<CounterOffer> {
    this.logger.info({ sku, offers: offers.length }, 'a customer haggles');
    const answers = new Subject<CounterOffer>();
    const turns = answers.pipe(
      takeWhile(({ accepted }) => !accepted),
      startWith(undefined),
    );
    const offersInTurn = zip(offers, turns).pipe(map(([offerCents]) => ({ sku, offerCents })));
    return this.orders.haggle(offersInTurn).pipe(
      forwardStatus(),
      tap((answer) => {
        this.logger.info(answer, 'the shop answers an offer');
        answers.next(answer);
      }),
    );
  }

  /** One line for each product. */
  @Traced()
  merge({ supplier, lines }: DeliverRequest): DeliveryLine[] {
    const quantities = new Map<string, number>();
    for (const { sku, quantity } of lines) {
      quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
    }
    return [...quantities].map(([sku, quantity]) => ({ supplier, sku, quantity }));
  }
}
