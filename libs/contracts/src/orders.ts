import type { Observable } from 'rxjs';

/** The service's name in its proto, and the token of its client. */
export const ORDERS = 'Orders';

export interface PlaceRequest {
  sku: string;
  quantity: number;
  card: string;
}

export type OrderStatus = 'paid' | 'picked' | 'packed' | 'shipped';

export interface Order {
  id: string;
  sku: string;
  quantity: number;
  amountCents: number;
  status: OrderStatus;
  reservationId: string;
  paymentId: string;
}

export interface OrderEvent {
  orderId: string;
  status: OrderStatus;
}

export interface DeliveryLine {
  supplier: string;
  sku: string;
  quantity: number;
}

export interface Delivery {
  supplier: string;
  units: number;
  costCents: number;
  transferId: string;
}

export interface Offer {
  sku: string;
  offerCents: number;
}

export interface CounterOffer {
  offerCents: number;
  priceCents: number;
  accepted: boolean;
}

export interface OrdersClient {
  place(request: PlaceRequest): Observable<Order>;
  get(request: { id: string }): Observable<Order>;
  watch(request: { id: string }): Observable<OrderEvent>;
  deliver(lines: Observable<DeliveryLine>): Observable<Delivery>;
  haggle(offers: Observable<Offer>): Observable<CounterOffer>;
}
