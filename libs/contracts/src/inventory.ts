import type { Observable } from 'rxjs';

/** The service's name in its proto, and the token of its client. */
export const INVENTORY = 'Inventory';

export interface ReserveRequest {
  sku: string;
  quantity: number;
}

export interface Reservation {
  id: string;
  sku: string;
  quantity: number;
  priceCents: number;
}

export interface StockLevel {
  sku: string;
  inStock: number;
  priceCents: number;
}

export interface PackingStep {
  step: 'picked' | 'packed' | 'shipped';
}

export interface StockLine {
  sku: string;
  quantity: number;
}

export interface StockReceipt {
  units: number;
  costCents: number;
}

export interface InventoryClient {
  reserve(request: ReserveRequest): Observable<Reservation>;
  release(request: { reservationId: string }): Observable<StockLevel>;
  check(request: { sku: string }): Observable<StockLevel>;
  track(request: { reservationId: string }): Observable<PackingStep>;
  importStock(lines: Observable<StockLine>): Observable<StockReceipt>;
}
