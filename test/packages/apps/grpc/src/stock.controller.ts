import { Controller, Get, Inject, Param } from '@nestjs/common';
import type { ClientGrpc } from '@nestjs/microservices';
import { Observable } from 'rxjs';
import { Articles } from './stock.server.js';

interface Stock {
  count(article: { id: string }): Observable<Articles>;
}

@Controller('stock')
export class StockController {
  constructor(@Inject('STOCK') private readonly client: ClientGrpc) {}

  @Get(':id')
  count(@Param('id') id: string): Observable<Articles> {
    return this.client.getService<Stock>('Stock').count({ id });
  }
}
