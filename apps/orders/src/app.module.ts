import { Module } from '@nestjs/common';
import { TracingModule } from 'nestjs-tracing';
import { OrdersModule } from './orders.module.js';
import { prettyAtADesk } from './pretty-at-a-desk.js';

@Module({
  imports: [TracingModule.forRoot({ logger: prettyAtADesk() }), OrdersModule],
})
export class AppModule {}
