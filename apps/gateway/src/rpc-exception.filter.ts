import { STATUS_CODES } from 'node:http';
import { status } from '@grpc/grpc-js';
import { type ArgumentsHost, Catch, HttpException, HttpStatus } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { RpcException } from '@nestjs/microservices';
import { TracedLogger } from 'nestjs-tracing';

const HTTP_STATUS: ReadonlyMap<number, HttpStatus> = new Map([
  [status.INVALID_ARGUMENT, HttpStatus.BAD_REQUEST],
  [status.NOT_FOUND, HttpStatus.NOT_FOUND],
  [status.FAILED_PRECONDITION, HttpStatus.PAYMENT_REQUIRED],
  [status.RESOURCE_EXHAUSTED, HttpStatus.CONFLICT],
  [status.UNAVAILABLE, HttpStatus.SERVICE_UNAVAILABLE],
  [status.DEADLINE_EXCEEDED, HttpStatus.GATEWAY_TIMEOUT],
]);

/** Answers what a service failed with by the HTTP status that says the same. */
@Catch(RpcException)
export class RpcExceptionFilter extends BaseExceptionFilter {
  constructor(private readonly logger: TracedLogger) {
    super();
  }

  override catch(exception: RpcException, host: ArgumentsHost): void {
    const { code } = exception.getError() as { code: status };
    const httpStatus = HTTP_STATUS.get(code) ?? HttpStatus.INTERNAL_SERVER_ERROR;
    if (httpStatus < HttpStatus.INTERNAL_SERVER_ERROR) {
      this.logger.warn({ code: status[code], reason: exception.message }, 'refused');
      super.catch(new HttpException(exception.message, httpStatus), host);
    } else {
      this.logger.error({ code: status[code], err: exception }, 'failed');
      super.catch(new HttpException(STATUS_CODES[httpStatus] ?? '', httpStatus), host);
    }
  }
}
