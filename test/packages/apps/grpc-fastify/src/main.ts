import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import { priceOptions } from './price-options.js';
import { stockOptions } from './stock-options.js';

async function bootstrap() {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
    bufferLogs: true,
  });
  app.useLogger(app.get(Logger));
  app.enableShutdownHooks();
  app.connectMicroservice(stockOptions);
  app.connectMicroservice(priceOptions);
  await app.startAllMicroservices();
  await app.listen(process.env.PORT ?? 3000, '127.0.0.1');
}
void bootstrap();
