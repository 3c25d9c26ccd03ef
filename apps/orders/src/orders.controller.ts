import { Controller } from '@nestjs/common';
import { GrpcMethod, GrpcStreamMethod } from '@nestjs/microservices';
import {
  type CounterOffer,
  type Delivery,
  type DeliveryLine,
  type Handlers,
  type Offer,
  type Order,
  type OrderEvent,
  ORDERS,
  type OrdersClient,
  type PlaceRequest,
} from '@shop/contracts';
import { Observable } from 'rxjs';
import { OrdersService } from './orders.service.js';

@Controller()
export class OrdersController implements Handlers<OrdersClient> {
  constructor(private readonly orders: OrdersService) {}

  @GrpcMethod(ORDERS)
  place({ sku, quantity, card }: PlaceRequest): Promise<Order> {
    return this.orders.place(sku, quantity, card);
  }

  @GrpcMethod(ORDERS)
  get({ id }: { id: string }): Order {
    return this.orders.find(id);
  }

  @GrpcMethod(ORDERS)
  watch({ id }: { id: string }): Observable<OrderEvent> {
    return this.orders.watch(id);
  }

  @GrpcStreamMethod(ORDERS)
  deliver(lines: Observable<DeliveryLine>): Observable<Delivery> {
    return this.orders.deliver(lines);
  }

  @GrpcStreamMethod(ORDERS)
  haggle(offers: Observable<Offer>): Observable<CounterOffer> {
    return this.orders.haggle(offers);
  }
}
