import { Module } from '@nestjs/common';
import { ClientsModule } from '@nestjs/microservices';
import { CallsController } from './calls.controller.js';
import { grpcOptions } from './grpc-options.js';
import { OrdersController } from './orders.controller.js';
import { OutgoingController } from './outgoing.controller.js';
import { StockServer } from './stock.server.js';

@Module({
  imports: [
    ClientsModule.register([
      { name: 'STOCK', ...grpcOptions(`127.0.0.1:${process.env.GRPC_PORT}`) },
      { name: 'NOBODY', ...grpcOptions(`127.0.0.1:${process.env.CLOSED_PORT}`) },
    ]),
  ],
  controllers: [OrdersController, OutgoingController, CallsController, StockServer],
})
export class ShopModule {}
