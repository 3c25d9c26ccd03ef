import type { DynamicModule } from '@nestjs/common';
import { TracingModule } from 'nestjs-tracing';

/** This library. Its other settings come from its environment variables. */
export function imports(): DynamicModule[] {
  return [
    TracingModule.forRoot({
      handlerSpans: process.env['BENCH_HANDLER_SPANS'] !== 'no',
      // The minimal app does not log.
      ...(process.env['BENCH_LOGS'] !== 'yes' && { logger: false as const }),
    }),
  ];
}
