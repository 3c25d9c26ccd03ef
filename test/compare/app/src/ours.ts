import { Module } from '@nestjs/common';
import { TracingModule } from 'nestjs-tracing';
import { serve } from './serve.js';
import { ShopModule } from './shop.module.js';

@Module({ imports: [TracingModule.forRoot(), ShopModule] })
class AppModule {}

void serve(AppModule);
