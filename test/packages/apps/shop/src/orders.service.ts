import { Injectable } from '@nestjs/common';
import { SpanAttribute, Traced, TracedLogger } from 'nestjs-tracing';

export class Order {
  constructor(readonly id: string) {}
}

@Injectable()
export class OrdersService {
  constructor(private readonly logger: TracedLogger) {}

  @Traced()
  async find(@SpanAttribute('order.id') id: string): Promise<Order> {
    this.logger.info({ id }, 'finding an order');
    return new Order(id);
  }
}
