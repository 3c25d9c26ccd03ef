import { once } from 'node:events';
import {
  Controller,
  ForbiddenException,
  Get,
  NotFoundException,
  Param,
  Req,
  UseGuards,
  type CanActivate,
} from '@nestjs/common';
import type { Request } from 'express';
import { delay, map, of, type Observable } from 'rxjs';

class Refusing implements CanActivate {
  canActivate(): never {
    throw new ForbiddenException();
  }
}

@Controller('orders')
export class OrdersController {
  @Get(':id')
  find(@Param('id') id: string): object {
    if (id === 'unknown') throw new NotFoundException('no such order');
    if (id === 'broken') throw new TypeError('the till is broken');
    return { id };
  }

  @Get(':id/secret')
  @UseGuards(Refusing)
  secret(): string {
    return 'nobody comes here';
  }

  @Get(':id/later')
  later(): Observable<never> {
    return of(1).pipe(
      delay(1),
      map(() => {
        throw new TypeError('the till broke later');
      }),
    );
  }

  /** Tells the client that it is here, and waits until the client has gone. */
  @Get(':id/waiting')
  async waiting(@Req() { res }: Request): Promise<void> {
    res?.writeProcessing();
    if (res) await once(res, 'close');
  }
}
