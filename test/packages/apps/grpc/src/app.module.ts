import { Module } from '@nestjs/common';
import { TracingModule } from 'nestjs-tracing';
import { AppController } from './app.controller.js';
import { AppService } from './app.service.js';
import { OrdersModule } from './orders.module.js';
import { StockModule } from './stock.module.js';

@Module({
  imports: [TracingModule.forRoot({ service: 'shop' }), OrdersModule, StockModule],
  controllers: [AppController],
  providers: [AppService],
})
export class AppModule {}
