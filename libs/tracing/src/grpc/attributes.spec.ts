import { describe, expect, it } from 'vitest';
import { callAttributes, statusAttributes } from './attributes.js';

describe('rule 11: the keys of both generations', () => {
  const old = { 'rpc.system': 'grpc', 'rpc.service': 'shop.Orders', 'rpc.method': 'Place' };
  const stable = { 'rpc.system.name': 'grpc', 'rpc.method': 'shop.Orders/Place' };

  it.each([
    ['old', old, { 'rpc.grpc.status_code': 14 }],
    ['new', stable, { 'rpc.response.status_code': 'UNAVAILABLE' }],
    [
      'dup',
      { ...old, ...stable },
      { 'rpc.grpc.status_code': 14, 'rpc.response.status_code': 'UNAVAILABLE' },
    ],
  ] as const)('%s', (conventions, call, status) => {
    expect(callAttributes('/shop.Orders/Place', conventions)).toEqual(call);
    expect(statusAttributes(14, conventions, false)).toEqual(status);
    const ofError = { ...status, 'error.type': 'UNAVAILABLE' };
    expect(statusAttributes(14, conventions, true)).toEqual(ofError);
  });
});
