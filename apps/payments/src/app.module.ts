import { Module } from '@nestjs/common';
import { TracingModule } from 'nestjs-tracing';
import { PaymentsModule } from './payments.module.js';

@Module({
  imports: [TracingModule.forRoot(), PaymentsModule],
})
export class AppModule {}
