import type { DynamicModule } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';

/** How an app is traced. Each file of `apps/tracing` and `competitors/tracing` exports some of these. */
export interface Tracing {
  /** The modules that the app imports. */
  imports?(): DynamicModule[];
  /** Changes a handler, as a decorator on it would. */
  decorateHandler?(prototype: object, method: string): void;
  /** Is called with the HTTP adapter before the app listens. */
  onHttpAdapter?(adapter: AbstractHttpAdapter): void;
  /** The options of the gRPC channel or server. */
  channelOptions?(role: string | undefined): object;
}

/** The tracing that the variable `BENCH_TRACING` names. An untraced app loads nothing. */
export async function loadTracing(): Promise<Tracing> {
  const file = process.env['BENCH_TRACING'];
  return file === undefined ? {} : ((await import(file)) as Tracing);
}
