import { expect, test } from 'vitest';
import { childEnvironment } from './child-environment.ts';

test("what was set for the caller's own programs does not reach the services", () => {
  const env = {
    PATH: '/bin',
    OTEL_SDK_DISABLED: 'true',
    TRACING_BACKEND: 'none',
    VITEST: 'true',
    VITEST_WORKER_ID: '1',
    JEST_WORKER_ID: '1',
    NODE_ENV: 'test',
    no_proxy: 'example.com',
  };
  expect(childEnvironment(env, { ORDERS_PORT: 1 })).toEqual({
    PATH: '/bin',
    ORDERS_PORT: '1',
    no_proxy: 'example.com,127.0.0.1,localhost',
  });
});
