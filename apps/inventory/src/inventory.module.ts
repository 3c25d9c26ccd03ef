import { Module } from '@nestjs/common';
import { TracingModule } from 'nestjs-tracing';
import { InventoryController } from './inventory.controller.js';
import { InventoryService } from './inventory.service.js';
import { Warehouse } from './warehouse.js';

@Module({
  imports: [TracingModule.forFeature('inventory')],
  controllers: [InventoryController],
  providers: [InventoryService, Warehouse],
})
export class InventoryModule {}
