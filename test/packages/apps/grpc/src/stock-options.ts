import { GrpcOptions, Transport } from '@nestjs/microservices';

export const stockOptions: GrpcOptions & { transport: Transport.GRPC } = {
  transport: Transport.GRPC,
  options: {
    package: 'shop',
    protoPath: 'stock.proto',
    url: `127.0.0.1:${process.env.GRPC_PORT}`,
  },
};
