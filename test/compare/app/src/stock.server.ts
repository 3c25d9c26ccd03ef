import { EventEmitter } from 'node:events';
import { Controller } from '@nestjs/common';
import { GrpcMethod, GrpcStreamMethod, RpcException } from '@nestjs/microservices';
import { concat, count, from, map, NEVER, type Observable } from 'rxjs';

export interface Article {
  id: string;
}

export interface Articles {
  count: number;
}

const NOT_FOUND = 5;

/** Tells of each call that waits, so that its caller in the same process can go. */
export const waiting = new EventEmitter();

@Controller()
export class StockServer {
  @GrpcMethod('Stock')
  count({ id }: Article): Articles | Observable<Articles> {
    if (id === 'unknown') throw new RpcException({ code: NOT_FOUND, message: 'no such article' });
    if (id === 'broken') throw new TypeError('the shelf is broken');
    if (id !== 'waiting') return { count: 3 };
    waiting.emit('call');
    return NEVER;
  }

  @GrpcMethod('Stock')
  watch({ id }: Article): Observable<Articles> {
    const all = from([{ count: 3 }, { count: 2 }]);
    return id === 'waiting' ? concat(all, NEVER) : all;
  }

  @GrpcStreamMethod('Stock')
  add(articles: Observable<Article>): Observable<Articles> {
    return articles.pipe(
      count(),
      map((count) => ({ count })),
    );
  }

  @GrpcStreamMethod('Stock')
  quote(articles: Observable<Article>): Observable<Articles> {
    return articles.pipe(map((_article, index) => ({ count: index })));
  }
}
