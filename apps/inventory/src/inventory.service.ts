import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { Injectable } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import type { Tracer } from '@opentelemetry/api';
import type {
  PackingStep,
  Reservation,
  StockLevel,
  StockLine,
  StockReceipt,
} from '@shop/contracts';
import { InjectTracer, SpanAttribute, Traced, TracedLogger } from 'nestjs-tracing';
import { concatMap, delay, from, map, type Observable, of, reduce, tap } from 'rxjs';
import { CATALOGUE, type Product } from './catalogue.js';
import { Warehouse } from './warehouse.js';

const STEPS: readonly PackingStep[] = [{ step: 'picked' }, { step: 'packed' }, { step: 'shipped' }];
const STEP_MS = 30;
const WHOLESALE = 0.6;

@Injectable()
export class InventoryService {
  private readonly products = new Map(CATALOGUE.map((product) => [product.sku, product]));
  private readonly stock = new Map(CATALOGUE.map(({ sku }) => [sku, 1_000]));
  private readonly reservations = new Map<string, Reservation>();

  constructor(
    @InjectTracer() private readonly tracer: Tracer,
    private readonly logger: TracedLogger,
    private readonly warehouse: Warehouse,
  ) {}

  @Traced()
  async reserve(
    @SpanAttribute('shop.sku') sku: string,
    @SpanAttribute('shop.quantity') quantity: number,
  ): Promise<Reservation> {
    this.logger.info({ sku, quantity }, 'reserving stock');
    const product = this.find(sku);
    const row = this.warehouse.locate(product);
    this.take(sku, quantity);
    await this.warehouse.fetch(product, row);
    const reservation = { id: randomUUID(), sku, quantity, priceCents: product.priceCents };
    this.reservations.set(reservation.id, reservation);
    return reservation;
  }

  @Traced()
  release(reservationId: string): StockLevel {
    const { sku, quantity } = this.reservation(reservationId);
    this.reservations.delete(reservationId);
    this.stock.set(sku, this.inStock(sku) + quantity);
    this.logger.info({ sku, quantity }, 'putting goods back');
    return this.check(sku);
  }

  @Traced()
  check(@SpanAttribute('shop.sku') sku: string): StockLevel {
    const { priceCents } = this.find(sku);
    const inStock = this.inStock(sku);
    this.logger.info({ sku, inStock }, 'looking at the shelf');
    return { sku, inStock, priceCents };
  }

  @Traced()
  track(reservationId: string): Observable<PackingStep> {
    const { sku } = this.reservation(reservationId);
    return from(STEPS).pipe(
      concatMap((step) => of(step).pipe(delay(STEP_MS))),
      tap(({ step }) => this.logger.info({ sku, step }, `goods ${step}`)),
    );
  }

  @Traced()
  importStock(lines: Observable<StockLine>): Observable<StockReceipt> {
    return lines.pipe(
      map((line) => this.shelve(line)),
      reduce(
        (total, { units, costCents }) => ({
          units: total.units + units,
          costCents: total.costCents + costCents,
        }),
        { units: 0, costCents: 0 },
      ),
    );
  }

  private shelve({ sku, quantity }: StockLine): StockReceipt {
    const attributes = { 'shop.sku': sku, 'shop.quantity': quantity };
    return this.tracer.startActiveSpan('shelve', { attributes }, (span) => {
      try {
        const { priceCents } = this.find(sku);
        this.stock.set(sku, this.inStock(sku) + quantity);
        this.logger.info({ sku, quantity }, 'shelving goods');
        return { units: quantity, costCents: Math.round(quantity * priceCents * WHOLESALE) };
      } finally {
        span.end();
      }
    });
  }

  private find(sku: string): Product {
    const product = this.products.get(sku);
    if (product) return product;
    this.logger.warn({ sku }, 'unknown product');
    throw new RpcException({ code: status.NOT_FOUND, message: `There is no product "${sku}".` });
  }

  private reservation(id: string): Reservation {
    const reservation = this.reservations.get(id);
    if (reservation) return reservation;
    this.logger.warn({ reservationId: id }, 'unknown reservation');
    throw new RpcException({ code: status.NOT_FOUND, message: `There is no reservation ${id}.` });
  }

  private take(sku: string, quantity: number): void {
    const inStock = this.inStock(sku);
    if (quantity > inStock) {
      this.logger.warn({ sku, quantity, inStock }, 'not enough in stock');
      throw new RpcException({
        code: status.RESOURCE_EXHAUSTED,
        message: `There are only ${inStock} of "${sku}" left.`,
      });
    }
    this.stock.set(sku, inStock - quantity);
  }

  private inStock(sku: string): number {
    return this.stock.get(sku) ?? 0;
  }
}
