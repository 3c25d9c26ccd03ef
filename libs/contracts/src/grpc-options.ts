import { fileURLToPath } from 'node:url';
import { type ClientProviderOptions, type GrpcOptions, Transport } from '@nestjs/microservices';
import { INVENTORY } from './inventory.js';
import { listenHost, portOf } from './listen-address.js';
import { ORDERS } from './orders.js';
import { PAYMENTS } from './payments.js';

const APPS = { [ORDERS]: 'orders', [INVENTORY]: 'inventory', [PAYMENTS]: 'payments' } as const;

export type Service = keyof typeof APPS;

/** For `NestFactory.createMicroservice()`. */
export function grpcServer(service: Service): GrpcOptions & { transport: Transport.GRPC } {
  return grpcOptions(service, `${listenHost()}:${portOf(APPS[service])}`);
}

/** For `ClientsModule.register()`; `ORDERS_URL=orders:50051` and the like say where others are. */
export function grpcClient(service: Service): ClientProviderOptions {
  const app = APPS[service];
  const url = process.env[`${app.toUpperCase()}_URL`] || `127.0.0.1:${portOf(app)}`;
  return { name: service, ...grpcOptions(service, url) };
}

function grpcOptions(service: Service, url: string) {
  const app = APPS[service];
  return {
    transport: Transport.GRPC as const,
    options: {
      url,
      package: `shop.${app}.v1`,
      protoPath: fileURLToPath(new URL(`../proto/${app}.proto`, import.meta.url)),
      loader: { defaults: true, longs: Number },
      gracefulShutdown: true,
    },
  };
}
