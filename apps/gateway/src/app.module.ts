import { Module } from '@nestjs/common';
import { TracingModule } from 'nestjs-tracing';
import { HealthController } from './health.controller.js';
import { ShopModule } from './shop.module.js';

@Module({
  imports: [TracingModule.forRoot(), ShopModule],
  controllers: [HealthController],
})
export class AppModule {}
