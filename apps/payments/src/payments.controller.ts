import { Controller } from '@nestjs/common';
import { GrpcMethod, GrpcStreamMethod } from '@nestjs/microservices';
import {
  type Bid,
  type ChargeRequest,
  type Handlers,
  type Payment,
  PAYMENTS,
  type PaymentsClient,
  type PaySupplierRequest,
  type Transfer,
  type Verdict,
} from '@shop/contracts';
import { Observable } from 'rxjs';
import { PaymentsService } from './payments.service.js';

@Controller()
export class PaymentsController implements Handlers<PaymentsClient> {
  constructor(private readonly payments: PaymentsService) {}

  @GrpcMethod(PAYMENTS)
  charge(request: ChargeRequest): Promise<Payment> {
    return this.payments.charge(request);
  }

  @GrpcMethod(PAYMENTS)
  status({ paymentId }: { paymentId: string }): Payment {
    return this.payments.find(paymentId);
  }

  @GrpcMethod(PAYMENTS)
  paySupplier(request: PaySupplierRequest): Promise<Transfer> {
    return this.payments.paySupplier(request);
  }

  @GrpcStreamMethod(PAYMENTS)
  haggle(bids: Observable<Bid>): Observable<Verdict> {
    return this.payments.haggle(bids);
  }
}
