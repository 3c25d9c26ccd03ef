import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { TracedLogger } from 'nestjs-tracing';

export interface Articles {
  count: number;
}

@Controller()
export class StockServer {
  constructor(private readonly logger: TracedLogger) {}

  @GrpcMethod('Stock')
  count({ id }: { id: string }): Articles {
    this.logger.info({ id }, 'counting');
    return { count: 3 };
  }
}
