import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { checkPorts } from './check-ports.ts';
import { readPorts } from './ports.ts';

test('ports are where the variables say, else at their usual place', () => {
  const ports = readPorts({ GATEWAY_PORT: '3333', ORDERS_PORT: '' }, ['gateway', 'orders']);
  expect(ports).toMatchObject({ gateway: 3333, orders: 50051 });
});

test('all faults are told at once', () => {
  const env = { GATEWAY_PORT: 'abc', ORDERS_PORT: '70000', VIEWER_PORT: '4317' };
  expect(() => readPorts(env, ['gateway', 'orders', 'viewer', 'otlp'])).toThrow(
    [
      'GATEWAY_PORT=abc is no port: expected a whole number from 1 to 65535, or nothing for 3000.',
      'ORDERS_PORT=70000 is no port: expected a whole number from 1 to 65535, or nothing for 50051.',
      'VIEWER_PORT and OTLP_PORT are both 4317: each needs its own.',
    ].join('\n'),
  );
});

test('a port of somebody who is not started may be anything', () => {
  expect(readPorts({ VIEWER_PORT: 'abc' }, ['gateway'])).toMatchObject({ gateway: 3000 });
});

test.for(['127.0.0.1', '0.0.0.0'])('a port is busy when somebody listens on %s', async (host) => {
  const holder = createServer().listen(0, host);
  await new Promise((resolve) => holder.once('listening', resolve));
  const { port } = holder.address() as AddressInfo;
  const ports = readPorts({ OTLP_PORT: String(port) }, ['otlp']);
  await expect(checkPorts(ports, ['otlp'])).rejects.toThrow(
    /for the viewer's OTLP\/gRPC, is busy\. .*OTLP_PORT=\d+ npm run demo\n.*--endpoint/,
  );
  await new Promise((resolve) => holder.close(resolve));
  await checkPorts(ports, ['otlp']);
});
