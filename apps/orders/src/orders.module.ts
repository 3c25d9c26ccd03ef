import { Module } from '@nestjs/common';
import { ClientsModule } from '@nestjs/microservices';
import { grpcClient, INVENTORY, PAYMENTS } from '@shop/contracts';
import { TracingModule } from 'nestjs-tracing';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';

@Module({
  imports: [
    TracingModule.forFeature('orders'),
    ClientsModule.register([grpcClient(INVENTORY), grpcClient(PAYMENTS)]),
  ],
  controllers: [OrdersController],
  providers: [OrdersService],
})
export class OrdersModule {}
