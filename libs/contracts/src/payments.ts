import type { Observable } from 'rxjs';

/** The service's name in its proto, and the token of its client. */
export const PAYMENTS = 'Payments';

export interface ChargeRequest {
  orderId: string;
  amountCents: number;
  card: string;
}

export interface Payment {
  id: string;
  orderId: string;
  amountCents: number;
  status: 'paid';
}

export interface PaySupplierRequest {
  supplier: string;
  amountCents: number;
}

export interface Transfer {
  id: string;
  supplier: string;
  amountCents: number;
}

export interface Bid {
  offerCents: number;
  listPriceCents: number;
  inStock: number;
}

export interface Verdict {
  offerCents: number;
  priceCents: number;
  accepted: boolean;
}

export interface PaymentsClient {
  charge(request: ChargeRequest): Observable<Payment>;
  status(request: { paymentId: string }): Observable<Payment>;
  paySupplier(request: PaySupplierRequest): Observable<Transfer>;
  haggle(bids: Observable<Bid>): Observable<Verdict>;
}
