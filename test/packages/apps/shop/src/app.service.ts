import { Injectable } from '@nestjs/common';
import { Traced } from 'nestjs-tracing';

@Injectable()
export class AppService {
  @Traced()
  getHello(): string {
    return 'Hello World!';
  }
}
