import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { SpanAttribute, Traced, TracedLogger } from 'nestjs-tracing';
import { type Product, SHELVES } from './catalogue.js';

const FETCH_MS = 10;
const FETCH_HEAVY_MS = 1_200;

@Injectable()
export class Warehouse {
  constructor(private readonly logger: TracedLogger) {}

  @Traced()
  locate(@SpanAttribute('shop.shelf', ({ shelf }: Product) => shelf) product: Product): number {
    return SHELVES.get(product.shelf)!.row;
  }

  @Traced()
  async fetch(
    @SpanAttribute('shop.heavy', ({ isHeavy }: Product) => isHeavy === true) product: Product,
    @SpanAttribute('shop.row') row: number,
  ): Promise<void> {
    this.logger.info({ sku: product.sku, row }, 'fetching goods');
    await setTimeout(product.isHeavy ? FETCH_HEAVY_MS : FETCH_MS);
  }
}
