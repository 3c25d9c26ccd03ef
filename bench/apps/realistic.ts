import 'reflect-metadata';
import {
  Body,
  Controller,
  Inject,
  Injectable,
  Module,
  Post,
  ValidationPipe,
  type DynamicModule,
  type OnModuleDestroy,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientsModule,
  GrpcMethod,
  Transport,
  type ClientGrpc,
  type GrpcOptions,
} from '@nestjs/microservices';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Redis } from 'ioredis';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import pino from 'pino';
import type { Observable } from 'rxjs';
import { answerBench } from './app-process.js';
import { loadTracing, type Tracing } from './tracing.js';

/**
 * The realistic app: nestjs-pino logs each request, a pipe validates its body, the gateway and the service
 * write one log line each, and the service calls Redis.
 */
class Order {
  @IsString()
  @MaxLength(40)
  sku!: string;

  @IsInt()
  @Min(1)
  @Max(100)
  quantity!: number;
}

interface Placed {
  id: string;
}

interface Orders {
  place(order: Order): Observable<Placed>;
}

@Injectable()
class Counter implements OnModuleDestroy {
  private readonly redis = new Redis(process.env['BENCH_REDIS'] ?? '');

  async next(): Promise<string> {
    return `order-${await this.redis.incr('orders')}`;
  }

  onModuleDestroy(): void {
    this.redis.disconnect();
  }
}

@Controller()
class ServiceController {
  constructor(
    @Inject(Counter) private readonly counter: Counter,
    @Inject(PinoLogger) private readonly logger: PinoLogger,
  ) {}

  @GrpcMethod('Orders')
  async place({ sku, quantity }: Order): Promise<Placed> {
    const id = await this.counter.next();
    this.logger.info({ id, sku, quantity }, 'the order is placed');
    return { id };
  }
}

@Controller()
class GatewayController {
  private readonly orders: Orders;

  constructor(
    @Inject('ORDERS') client: ClientGrpc,
    @Inject(PinoLogger) private readonly logger: PinoLogger,
  ) {
    this.orders = client.getService<Orders>('Orders');
  }

  @Post('orders')
  place(@Body() order: Order): Observable<Placed> {
    this.logger.info({ sku: order.sku, quantity: order.quantity }, 'placing an order');
    return this.orders.place(order);
  }
}

const grpc: GrpcOptions = {
  transport: Transport.GRPC,
  options: {
    package: 'bench',
    protoPath: process.env['BENCH_PROTO'] ?? '',
    url: `127.0.0.1:${process.env['BENCH_GRPC_PORT']}`,
  },
};

function importsOf(tracing: Tracing): DynamicModule[] {
  const destination = pino.destination({ dest: '/dev/null', sync: false, minLength: 4096 });
  return [
    ...(tracing.imports?.() ?? []),
    LoggerModule.forRoot({ pinoHttp: [{ level: 'info' }, destination] }),
  ];
}

async function startService(tracing: Tracing): Promise<void> {
  @Module({
    imports: importsOf(tracing),
    controllers: [ServiceController],
    providers: [Counter],
  })
  class ServiceModule {}
  const app = await NestFactory.createMicroservice(ServiceModule, { ...grpc, logger: false });
  await app.listen();
  answerBench({ url: '' });
}

async function startGateway(tracing: Tracing): Promise<void> {
  const client = ClientsModule.register([{ name: 'ORDERS', ...grpc }]);

  @Module({ imports: [...importsOf(tracing), client], controllers: [GatewayController] })
  class GatewayModule {}
  const app = await NestFactory.create(GatewayModule, { logger: false });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
  await app.listen(0, '127.0.0.1');
  answerBench({ url: await app.getUrl() });
}

void loadTracing().then(process.env['BENCH_ROLE'] === 'service' ? startService : startGateway);
