import { Controller } from '@nestjs/common';
import { GrpcMethod, GrpcStreamMethod } from '@nestjs/microservices';
import {
  type Handlers,
  INVENTORY,
  type InventoryClient,
  type PackingStep,
  type Reservation,
  type ReserveRequest,
  type StockLevel,
  type StockLine,
  type StockReceipt,
} from '@shop/contracts';
import { Observable } from 'rxjs';
import { InventoryService } from './inventory.service.js';

@Controller()
export class InventoryController implements Handlers<InventoryClient> {
  constructor(private readonly inventory: InventoryService) {}

  @GrpcMethod(INVENTORY)
  reserve({ sku, quantity }: ReserveRequest): Promise<Reservation> {
    return this.inventory.reserve(sku, quantity);
  }

  @GrpcMethod(INVENTORY)
  release({ reservationId }: { reservationId: string }): StockLevel {
    return this.inventory.release(reservationId);
  }

  @GrpcMethod(INVENTORY)
  check({ sku }: { sku: string }): StockLevel {
    return this.inventory.check(sku);
  }

  @GrpcMethod(INVENTORY)
  track({ reservationId }: { reservationId: string }): Observable<PackingStep> {
    return this.inventory.track(reservationId);
  }

  @GrpcStreamMethod(INVENTORY)
  importStock(lines: Observable<StockLine>): Observable<StockReceipt> {
    return this.inventory.importStock(lines);
  }
}
