import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ClientsModule } from '@nestjs/microservices';
import { grpcClient, ORDERS } from '@shop/contracts';
import { TracingModule } from 'nestjs-tracing';
import { RpcExceptionFilter } from './rpc-exception.filter.js';
import { ShopController } from './shop.controller.js';
import { ShopService } from './shop.service.js';

@Module({
  imports: [TracingModule.forFeature('shop'), ClientsModule.register([grpcClient(ORDERS)])],
  controllers: [ShopController],
  providers: [ShopService, { provide: APP_FILTER, useClass: RpcExceptionFilter }],
})
export class ShopModule {}
