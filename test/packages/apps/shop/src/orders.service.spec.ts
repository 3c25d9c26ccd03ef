import { Test } from '@nestjs/testing';
import { createTestTracing } from 'nestjs-tracing/testing';
import { OrdersModule } from './orders.module.js';
import { OrdersService } from './orders.service.js';

describe('OrdersService', () => {
  it('should find an order in a span', async () => {
    const tracing = createTestTracing();
    const app = await Test.createTestingModule({
      imports: [tracing.module, OrdersModule],
    }).compile();
    await app.init();

    await app.get(OrdersService).find('7');
    expect(tracing.tree()).toContain('OrdersService.find');

    await app.close();
    await tracing.shutdown();
  });
});
