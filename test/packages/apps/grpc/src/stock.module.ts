import { Module } from '@nestjs/common';
import { ClientsModule } from '@nestjs/microservices';
import { PriceController } from './price.controller.js';
import { PriceServer } from './price.server.js';
import { priceOptions } from './price-options.js';
import { StockController } from './stock.controller.js';
import { StockServer } from './stock.server.js';
import { stockOptions } from './stock-options.js';

@Module({
  imports: [
    ClientsModule.register([
      { name: 'STOCK', ...stockOptions },
      { name: 'PRICES', ...priceOptions },
    ]),
  ],
  controllers: [StockController, StockServer, PriceController, PriceServer],
})
export class StockModule {}
