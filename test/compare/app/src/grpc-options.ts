import { Transport, type GrpcOptions } from '@nestjs/microservices';

export function grpcOptions(url: string): GrpcOptions & { transport: Transport.GRPC } {
  return {
    transport: Transport.GRPC,
    options: { package: 'shop', protoPath: 'shop.proto', url },
  };
}
