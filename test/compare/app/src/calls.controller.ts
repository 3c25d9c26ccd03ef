import { Metadata, type CallOptions } from '@grpc/grpc-js';
import { Controller, Get, Inject, Param } from '@nestjs/common';
import type { ClientGrpc } from '@nestjs/microservices';
import { trace } from '@opentelemetry/api';
import {
  firstValueFrom,
  from,
  fromEvent,
  lastValueFrom,
  of,
  catchError,
  defaultIfEmpty,
  switchMap,
  take,
  takeUntil,
  toArray,
  type Observable,
} from 'rxjs';
import { waiting, type Article, type Articles } from './stock.server.js';

interface Stock {
  count(article: Article, metadata?: Metadata, options?: CallOptions): Observable<Articles>;
  watch(article: Article): Observable<Articles>;
  add(articles: Observable<Article>): Observable<Articles>;
  quote(articles: Observable<Article>): Observable<Articles>;
}

const DEADLINE_MS = 1000;
const article = { id: '7' };

@Controller('calls')
export class CallsController {
  constructor(
    @Inject('STOCK') private readonly client: ClientGrpc,
    @Inject('NOBODY') private readonly nobody: ClientGrpc,
  ) {}

  private get stock(): Stock {
    return this.client.getService<Stock>('Stock');
  }

  private readonly ways: Record<string, () => Observable<unknown> | Promise<unknown>> = {
    unary: () => this.stock.count(article),
    broken: () => this.stock.count({ id: 'broken' }),
    unknown: () => this.stock.count({ id: 'unknown' }),
    deadline: () =>
      this.stock.count({ id: 'waiting' }, new Metadata(), { deadline: Date.now() + DEADLINE_MS }),
    cancel: () => this.stock.count({ id: 'waiting' }).pipe(takeUntil(fromEvent(waiting, 'call'))),
    leave: () => this.stock.watch({ id: 'waiting' }).pipe(take(1)),
    nobody: () => this.nobody.getService<Stock>('Stock').count(article),
    download: () => this.stock.watch(article).pipe(toArray()),
    upload: () => this.stock.add(from([article, article])),
    both: () => this.stock.quote(from([article, article])).pipe(toArray()),
    // Nest hands out an Observable, so the call is sent where somebody subscribes.
    later: () => {
      const call = span('maker', () => ({ result: this.stock.count(article) }));
      return span('subscriber', () => firstValueFrom(call.result));
    },
    chain: () => this.stock.count(article).pipe(switchMap(() => this.stock.count(article))),
  };

  @Get(':way')
  async call(@Param('way') way: string): Promise<unknown> {
    const result = from(this.ways[way]());
    return lastValueFrom(
      result.pipe(
        defaultIfEmpty('nothing'),
        catchError((error) => of({ code: error.code })),
      ),
    );
  }
}

function span<T>(name: string, run: () => T): T {
  return trace.getTracer('app').startActiveSpan(name, (span) => {
    const result = run();
    span.end();
    return result;
  });
}
