import { HttpException } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';

/** A way to fail; `isExpected` by rule 4. */
interface Failure {
  readonly make: (label: string) => unknown;
  readonly isExpected?: true;
}

const failures = {
  error: { make: (label) => new Error(label) },
  'error with cause': { make: (label) => new TypeError(label, { cause: new Error('why') }) },
  aggregate: { make: (label) => new AggregateError([new Error('one'), 2], label) },
  undefined: { make: () => undefined },
  null: { make: () => null },
  text: { make: (label) => label },
  number: { make: () => 0 },
  symbol: { make: () => Symbol.for('thrown') },
  function: { make: (label) => () => label },
  'frozen object': { make: (label) => Object.freeze({ label }) },
  'frozen error': { make: (label) => Object.freeze(new Error(label)) },
  'hostile getters': {
    make: () =>
      Object.defineProperties(new Error(), {
        message: { get: refuse },
        stack: { get: refuse },
        name: { get: refuse },
        constructor: { get: refuse },
        getStatus: { get: refuse },
      }),
  },
  'hostile proxy': {
    make: () =>
      new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse }),
  },
  'http 404': { make: (label) => new HttpException(label, 404), isExpected: true },
  'http 503': { make: (label) => new HttpException(label, 503) },
  'rpc 5': { make: (message) => new RpcException({ code: 5, message }), isExpected: true },
  'rpc 13': { make: (message) => new RpcException({ code: 13, message }) },
  'rpc text': { make: (label) => new RpcException(label) },
} satisfies Record<string, Failure>;

export type ErrorKind = keyof typeof failures;
export const errorKinds = Object.keys(failures) as ErrorKind[];

export function makeError(kind: ErrorKind, label: string): unknown {
  return failures[kind].make(label);
}

/** By rule 4, told by the classes of Nest and not by what the library looks at. */
export function isExpected(error: unknown): boolean {
  try {
    if (error instanceof HttpException) return error.getStatus() < 500;
    if (!(error instanceof RpcException)) return false;
    return Reflect.get(Object(error.getError()), 'code') === 5;
  } catch {
    return false;
  }
}

function refuse(): never {
  throw new Error('hands off');
}
