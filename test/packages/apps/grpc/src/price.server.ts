import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { TracedLogger } from 'nestjs-tracing';

export interface Price {
  price: number;
}

@Controller()
export class PriceServer {
  constructor(private readonly logger: TracedLogger) {}

  @MessagePattern({ cmd: 'price' })
  price(id: string): Price {
    this.logger.info({ id }, 'pricing');
    return { price: 5 };
  }

  @EventPattern('price.changed')
  changed(id: string): void {
    this.logger.info({ id }, 'noting the price');
  }
}
