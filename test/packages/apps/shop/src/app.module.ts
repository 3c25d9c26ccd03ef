import { Module } from '@nestjs/common';
import { TracingModule } from 'nestjs-tracing';
import { AppController } from './app.controller.js';
import { AppService } from './app.service.js';
import { OrdersModule } from './orders.module.js';

@Module({
  imports: [TracingModule.forRoot({ service: 'shop' }), OrdersModule],
  controllers: [AppController],
  providers: [AppService],
})
export class AppModule {}
