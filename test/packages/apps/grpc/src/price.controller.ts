import { Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { map, Observable } from 'rxjs';
import { Price } from './price.server.js';

@Controller('prices')
export class PriceController {
  constructor(@Inject('PRICES') private readonly client: ClientProxy) {}

  @Get(':id')
  find(@Param('id') id: string): Observable<Price> {
    return this.client.send<Price>({ cmd: 'price' }, id);
  }

  @Post(':id')
  change(@Param('id') id: string): Observable<{ changed: boolean }> {
    return this.client.emit('price.changed', id).pipe(map(() => ({ changed: true })));
  }
}
