import { NestFactory } from '@nestjs/core';
import { endOnBusyPort, listenHost, portOf } from '@shop/contracts';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';

const app = await NestFactory.create(AppModule, {
  bufferLogs: true,
  forceCloseConnections: true, // keep-alive connections do not delay a shutdown
});
app.useLogger(app.get(Logger));
app.enableShutdownHooks();
await app.listen(portOf('gateway'), listenHost()).catch(endOnBusyPort('gateway'));
