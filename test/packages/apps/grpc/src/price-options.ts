import { Transport } from '@nestjs/microservices';

export const priceOptions = {
  transport: Transport.TCP as const,
  options: { host: '127.0.0.1', port: Number(process.env.TCP_PORT) },
};
