// The app, for `node --require ./dist/stock-tracing.js`.
import { serve } from './serve.js';
import { ShopModule } from './shop.module.js';

void serve(ShopModule);
