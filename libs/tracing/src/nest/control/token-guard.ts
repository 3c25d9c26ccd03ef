import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';

/** Admits requests with `Authorization: Bearer <token>`. The comparison takes the same time for any token. */
export class TokenGuard implements CanActivate {
  /** Digests have one length, and reveal nothing about the token if they are printed. */
  private readonly key = randomBytes(32);
  private readonly expected: Buffer;

  constructor(token: string) {
    this.expected = this.digest(token);
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: IncomingHttpHeaders }>();
    const { authorization = '' } = request.headers;
    const given = /^bearer +/i.exec(authorization)?.[0] ?? '';
    const isRight = timingSafeEqual(this.digest(authorization.slice(given.length)), this.expected);
    if (given !== '' && isRight) return true;
    throw new UnauthorizedException('Expected the header Authorization: Bearer <token>.');
  }

  private digest(token: string): Buffer {
    return createHmac('sha256', this.key).update(token).digest();
  }
}
