import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import type { CounterOffer, Delivery, Order, OrderEvent, PlaceRequest } from '@shop/contracts';
import { type Observable, toArray } from 'rxjs';
import { BodyPipe } from './body.pipe.js';
import {
  type DeliverRequest,
  deliverRequest,
  type HaggleRequest,
  haggleRequest,
  placeRequest,
} from './requests.js';
import { ShopService } from './shop.service.js';

@Controller()
export class ShopController {
  constructor(private readonly shop: ShopService) {}

  @Post('orders')
  place(@Body(new BodyPipe(placeRequest)) request: PlaceRequest): Promise<Order> {
    return this.shop.place(request);
  }

  @Get('orders/:id')
  find(@Param('id') id: string): Observable<Order> {
    return this.shop.find(id);
  }

  @Get('orders/:id/events')
  events(@Param('id') id: string): Observable<OrderEvent[]> {
    return this.shop.watch(id).pipe(toArray());
  }

  @Post('deliveries')
  deliver(@Body(new BodyPipe(deliverRequest)) request: DeliverRequest): Observable<Delivery> {
    return this.shop.deliver(request);
  }

  @Post('haggle')
  @HttpCode(HttpStatus.OK)
  haggle(@Body(new BodyPipe(haggleRequest)) request: HaggleRequest): Observable<CounterOffer[]> {
    return this.shop.haggle(request).pipe(toArray());
  }
}
