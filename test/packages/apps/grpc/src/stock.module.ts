import { Module } from '@nestjs/common';
import { ClientsModule } from '@nestjs/microservices';
import { StockController } from './stock.controller.js';
import { StockServer } from './stock.server.js';
import { stockOptions } from './stock-options.js';

@Module({
  imports: [ClientsModule.register([{ name: 'STOCK', ...stockOptions }])],
  controllers: [StockController, StockServer],
})
export class StockModule {}
