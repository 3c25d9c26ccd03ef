import { Module } from '@nestjs/common';
import { TracingModule } from 'nestjs-tracing';
import { InventoryModule } from './inventory.module.js';

@Module({
  imports: [TracingModule.forRoot(), InventoryModule],
})
export class AppModule {}
