import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Module,
  Post,
  UseGuards,
  VERSION_NEUTRAL,
  type CanActivate,
  type DynamicModule,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import type { NestTracingApp } from '../nest-tracing-app.js';
import { TRACING_APP } from '../tokens.js';
import { TracingError, tracingError } from '../tracing.error.js';
import type { TracingStatus } from './sampling-control.js';
import { TokenGuard } from './token-guard.js';

/** The options of `TracingControlModule.register()`: a guard or a token is required. */
export interface TracingControlOptions {
  /**
   * The path of the endpoint, below the global prefix of the app.
   * @default `'tracing/control'`
   */
  path?: string | undefined;
  /** A secret of at least 16 characters, which requests send as `Authorization: Bearer <token>`. */
  token?: string | undefined;
  /** A guard that admits requests. With a token too, both must admit a request. */
  guard?: Type<CanActivate> | undefined;
  /** Modules that export what the guard injects. */
  imports?: ModuleMetadata['imports'];
}

const SHORTEST_TOKEN = 16;

/**
 * An HTTP endpoint that turns the recording of new traces on and off, as `TracingControl` does. Without this
 * module there is none. `GET` returns the status, `POST` with `{ for?, ratio? }` enables, `DELETE` disables.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     TracingModule.forRoot({ sampling: 'dormant' }),
 *     TracingControlModule.register({ token: process.env.TRACING_CONTROL_TOKEN }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class TracingControlModule {
  /** @throws TracingError TRACING_CONTROL_UNGUARDED if neither a guard nor a token of sufficient length is given. */
  static register(options: TracingControlOptions): DynamicModule {
    const { path = 'tracing/control', token, guard, imports = [] } = options;
    if (token === undefined && guard === undefined) {
      throw tracingError('TRACING_CONTROL_UNGUARDED', 'neither a guard nor a token');
    }
    if (token !== undefined && (typeof token !== 'string' || token.length < SHORTEST_TOKEN)) {
      throw tracingError('TRACING_CONTROL_UNGUARDED', 'a token that is too short');
    }
    const guards = [
      ...(token === undefined ? [] : [new TokenGuard(token)]),
      ...(guard === undefined ? [] : [guard]),
    ];
    return {
      module: TracingControlModule,
      imports,
      controllers: [controllerAt(path, guards)],
    };
  }
}

const BY = 'the control endpoint';

function controllerAt(path: string, guards: readonly (CanActivate | Type<CanActivate>)[]): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  @UseGuards(...guards)
  class TracingControlController {
    constructor(@Inject(TRACING_APP) private readonly app: NestTracingApp) {}

    @Get()
    status(): TracingStatus {
      return this.app.control.status();
    }

    @Post()
    @HttpCode(200)
    enable(@Body() body: unknown): TracingStatus {
      try {
        // Express and Fastify have different values for a request without a body.
        this.app.control.enable(body === null || body === '' ? undefined : body, BY);
      } catch (error) {
        throw asHttpException(error);
      }
      return this.status();
    }

    @Delete()
    disable(): TracingStatus {
      this.app.control.disable(BY);
      return this.status();
    }
  }
  return TracingControlController;
}

function asHttpException(error: unknown): unknown {
  if (!(error instanceof TracingError)) return error;
  const { code, message } = error;
  return code === 'TRACING_INVALID_CONTROL'
    ? new BadRequestException({ statusCode: 400, code, message })
    : new ConflictException({ statusCode: 409, code, message });
}
