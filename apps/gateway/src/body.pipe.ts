import { BadRequestException, type PipeTransform } from '@nestjs/common';
import type { Check } from './checks.js';

export class BodyPipe implements PipeTransform {
  constructor(private readonly check: Check) {}

  transform(body: unknown): unknown {
    const faults = this.check(body, '');
    if (faults.length > 0) throw new BadRequestException(faults);
    return body;
  }
}
