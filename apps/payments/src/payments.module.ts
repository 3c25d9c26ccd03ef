import { Module } from '@nestjs/common';
import { TracingModule } from 'nestjs-tracing';
import { Bank } from './bank.js';
import { PaymentsController } from './payments.controller.js';
import { PaymentsService } from './payments.service.js';

@Module({
  imports: [TracingModule.forFeature('payments')],
  controllers: [PaymentsController],
  providers: [PaymentsService, Bank],
})
export class PaymentsModule {}
