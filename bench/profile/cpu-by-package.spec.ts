import { expect, it } from 'vitest';
import { cpuByPackage, sumOf } from './cpu-by-package.ts';
import { packageOf } from './package-of.ts';

const of = (url: string, functionName = 'work') => packageOf({ url, functionName });

it('names the package of a frame', () => {
  expect(of('file:///app/node_modules/@grpc/grpc-js/build/src/call.js')).toBe('@grpc/grpc-js');
  expect(of('/app/node_modules/a/node_modules/pino/pino.js')).toBe('pino');
  expect(of('node:internal/http2/core')).toBe('node:http2');
  expect(of('node:_http_outgoing')).toBe('node:_http_outgoing');
  expect(of('', 'writev')).toBe('(native)');
  expect(of('', '(program)')).toBe('(native)');
  expect(of('', '(garbage collector)')).toBe('(garbage collector)');
  expect(of('', '(idle)')).toBeUndefined();
  expect(of('file:///repo/bench/dist/apps/minimal.js')).toBe('(app)');
});

it('names the folder of this library', () => {
  expect(of('file:///repo/libs/tracing/dist/esm/record/span-record.js')).toBe(
    'nestjs-tracing/record',
  );
  expect(of('/app/node_modules/nestjs-tracing/dist/cjs/sdk/export/span-queue.js')).toBe(
    'nestjs-tracing/sdk',
  );
  expect(of('file:///repo/libs/tracing/dist/esm/index.js')).toBe('nestjs-tracing');
});

it('sums the time of the samples of each package', () => {
  const node = (id: number, functionName: string, url: string) => ({
    id,
    callFrame: { functionName, url, scriptId: '', lineNumber: 0, columnNumber: 0 },
  });
  const profile = {
    nodes: [node(1, 'write', ''), node(2, '(idle)', ''), node(3, 'log', '/node_modules/pino/a.js')],
    samples: [1, 2, 3, 1],
    timeDeltas: [5, 100, 1000, 10, 7],
    startTime: 0,
    endTime: 0,
  };
  const cpu = cpuByPackage(profile);
  expect(Object.fromEntries(cpu)).toEqual({ '(native)': 107, pino: 10 });
  expect(sumOf([cpu, cpu]).get('pino')).toBe(20);
});
