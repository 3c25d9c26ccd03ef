import { Module } from '@nestjs/common';
import { TracingModule } from 'nestjs-tracing';
import { OrdersModule } from './orders.module.js';

@Module({
  imports: [TracingModule.forRoot(), OrdersModule],
})
export class AppModule {}
