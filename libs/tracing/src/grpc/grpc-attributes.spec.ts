import { describe, expect, it } from 'vitest';
import {
  callAttributes,
  peerAttributes,
  serverAttributes,
  statusAttributes,
} from './grpc-attributes.js';

describe('rule 11: where the server is', () => {
  it.each([
    ['localhost:50051', 'localhost', 50051],
    ['orders', 'orders', undefined],
    ['127.0.0.1:50051', '127.0.0.1', 50051],
    ['[::1]:50051', '::1', 50051],
    ['[::1]', '::1', undefined],
    ['dns:orders:50051', 'orders', 50051],
    ['dns:///orders.internal:50051', 'orders.internal', 50051],
    ['dns://8.8.8.8/orders:50051', 'orders', 50051],
    ['ipv4:10.0.0.1:50051', '10.0.0.1', 50051],
    ['ipv4:10.0.0.1:50051,10.0.0.2:50052', '10.0.0.1:50051,10.0.0.2:50052', undefined],
    ['ipv6:[::1]:50051', '::1', 50051],
    ['xds:///orders', 'orders', undefined],
    ['static:///orders:80', 'orders', 80],
    ['unix:/run/orders.sock', '/run/orders.sock', undefined],
    ['unix:///run/orders.sock', '/run/orders.sock', undefined],
    ['unix:orders.sock', 'orders.sock', undefined],
  ])('%s', (target, address, port) => {
    expect(serverAttributes(target)).toEqual({
      'server.address': address,
      ...(port !== undefined && { 'server.port': port }),
    });
  });
});

describe('rule 11: the peer of a connection', () => {
  it.each([
    ['127.0.0.1:40000', { 'network.peer.address': '127.0.0.1', 'network.peer.port': 40000 }],
    ['::1:40000', { 'network.peer.address': '::1', 'network.peer.port': 40000 }],
    ['[::1]:40000', { 'network.peer.address': '::1', 'network.peer.port': 40000 }],
    ['unix:/run/a.sock', { 'network.peer.address': '/run/a.sock', 'network.transport': 'unix' }],
    ['/run/a.sock', { 'network.peer.address': '/run/a.sock', 'network.transport': 'unix' }],
    ['dns:127.0.0.1:50051', {}],
    ['dns:orders:50051', {}],
    ['unknown', {}],
    ['', {}],
  ])('%s', (peer, attributes) => {
    expect(peerAttributes(peer)).toEqual(attributes);
  });
});

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
