import 'reflect-metadata';
import { Controller, Get, Inject, Module, Param } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import {
  ClientsModule,
  GrpcMethod,
  Transport,
  type ClientGrpc,
  type GrpcOptions,
} from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { answerBench } from './app-process.js';
import { loadTracing, type Tracing } from './tracing.js';

/**
 * The minimal app: a gateway (HTTP) that calls a service (gRPC), both as lean as Nest allows. The leaner
 * the app, the larger every ratio. A process is one of the two.
 */
interface Text {
  text: string;
}

interface Echo {
  say(text: Text): Observable<Text>;
}

const role = process.env['BENCH_ROLE'];

@Controller()
class ServiceController {
  @GrpcMethod('Echo')
  say({ text }: Text): Text {
    return { text };
  }
}

@Controller()
class GatewayController {
  private readonly echo: Echo;

  constructor(@Inject('ECHO') client: ClientGrpc) {
    this.echo = client.getService<Echo>('Echo');
  }

  @Get('say/:text')
  say(@Param('text') text: string): Observable<Text> {
    return this.echo.say({ text });
  }
}

function grpcOptions(tracing: Tracing): GrpcOptions {
  return {
    transport: Transport.GRPC,
    options: {
      package: 'bench',
      protoPath: process.env['BENCH_PROTO'] ?? '',
      url: `127.0.0.1:${process.env['BENCH_GRPC_PORT']}`,
      ...(tracing.channelOptions && { channelOptions: tracing.channelOptions(role) }),
    },
  };
}

async function startService(tracing: Tracing): Promise<void> {
  tracing.decorateHandler?.(ServiceController.prototype, 'say');

  @Module({ imports: tracing.imports?.() ?? [], controllers: [ServiceController] })
  class ServiceModule {}
  const app = await NestFactory.createMicroservice(ServiceModule, {
    ...grpcOptions(tracing),
    logger: false,
  });
  await app.listen();
  answerBench({ url: '' });
}

async function startGateway(tracing: Tracing): Promise<void> {
  tracing.decorateHandler?.(GatewayController.prototype, 'say');
  const client = ClientsModule.register([{ name: 'ECHO', ...grpcOptions(tracing) }]);

  @Module({ imports: [...(tracing.imports?.() ?? []), client], controllers: [GatewayController] })
  class GatewayModule {}
  const app = await NestFactory.create(GatewayModule, { logger: false });
  tracing.onHttpAdapter?.(app.getHttpAdapter() as AbstractHttpAdapter);
  await app.listen(0, '127.0.0.1');
  answerBench({ url: await app.getUrl() });
}

void loadTracing().then(role === 'service' ? startService : startGateway);
