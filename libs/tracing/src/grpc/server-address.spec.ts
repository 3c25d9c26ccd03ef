import { expect, it } from 'vitest';
import { serverAddress } from './attributes.js';

it.each([
  ['localhost:50051', 'localhost', 50051],
  ['orders', 'orders', undefined],
  ['127.0.0.1:50051', '127.0.0.1', 50051],
  ['[::1]:50051', '::1', 50051],
  ['[::1]', '::1', undefined],
  ['::1', '::1', undefined],
  ['dns:50051', 'dns', 50051],
  ['dns:orders', 'orders', undefined],
  ['dns:orders:50051', 'orders', 50051],
  ['dns:///orders.internal:50051', 'orders.internal', 50051],
  ['dns://8.8.8.8/orders:50051', 'orders', 50051],
  ['ipv4:10.0.0.1:50051', '10.0.0.1', 50051],
  ['ipv6:[::1]:50051', '::1', 50051],
  ['unix:/run/orders.sock', '/run/orders.sock', undefined],
  ['unix:///run/orders.sock', '/run/orders.sock', undefined],
  ['unix:orders.sock', 'orders.sock', undefined],
])('rule 11: where the server is: %s', (target, address, port) => {
  expect(serverAddress(target)).toEqual({
    'server.address': address,
    ...(port !== undefined && { 'server.port': port }),
  });
});

it.each([
  'ipv4:10.0.0.1:50051,10.0.0.2:50052',
  'ipv6:[::1]:50051,[::2]:50052',
  'xds:///orders',
  'zk://zookeeper:2181/orders',
  'static:///orders:80',
  'orders:http',
  '[]:80',
  ':80',
])('rule 11: a target that is not a single server is not changed: %s', (target) => {
  expect(serverAddress(target)).toEqual({ 'server.address': target });
});
