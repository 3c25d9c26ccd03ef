import 'reflect-metadata';
import { Controller, Get, Inject, Module, Param, type DynamicModule } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import {
  ClientsModule,
  GrpcMethod,
  Transport,
  type ClientGrpc,
  type GrpcOptions,
} from '@nestjs/microservices';
import type { Observable } from 'rxjs';

/**
 * A gateway (HTTP) and a service (gRPC), as lean as Nest makes them: the leaner the app, the larger
 * every ratio. The process is one of the two; it tells its parent when it listens, and, asked, how
 * much CPU it has used.
 */
interface Text {
  text: string;
}

interface Echo {
  say(text: Text): Observable<Text>;
}

const isReference = process.env['BENCH_TRACING'] === 'reference';
const reference = isReference ? await import('./reference.js') : undefined;
const grpc: GrpcOptions = {
  transport: Transport.GRPC,
  options: {
    package: 'bench',
    protoPath: process.env['BENCH_PROTO'] ?? '',
    url: `127.0.0.1:${process.env['BENCH_GRPC_PORT']}`,
    ...(reference && { channelOptions: reference.channelOptions(process.env['BENCH_ROLE']) }),
  },
};

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

/** The variant without the library does not load it either. */
async function tracing(): Promise<DynamicModule[]> {
  if (process.env['BENCH_TRACING'] !== 'library') return [];
  const { TracingModule } = await import('nestjs-tracing');
  const handlerSpans = process.env['BENCH_HANDLER_SPANS'] !== 'no';
  return [TracingModule.forRoot({ logger: false, handlerSpans })];
}

const imports = await tracing();

@Module({ imports, controllers: [ServiceController] })
class ServiceModule {}

@Module({
  imports: [...imports, ClientsModule.register([{ name: 'ECHO', ...grpc }])],
  controllers: [GatewayController],
})
class GatewayModule {}

process.on('message', () => process.send?.(process.cpuUsage()));
process.on('disconnect', () => process.exit());

if (process.env['BENCH_ROLE'] === 'service') {
  const app = await NestFactory.createMicroservice(ServiceModule, { ...grpc, logger: false });
  await app.listen();
  process.send?.({ url: '' });
} else {
  const app = await NestFactory.create(GatewayModule, { logger: false });
  reference?.hook(app.getHttpAdapter() as AbstractHttpAdapter);
  await app.listen(0, '127.0.0.1');
  process.send?.({ url: await app.getUrl() });
}
