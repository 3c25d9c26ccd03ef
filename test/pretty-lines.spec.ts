import { expect, it } from 'vitest';
import { prettyAtADesk } from '../dist/apps/orders/pretty-at-a-desk.js';

const pretty = { pinoHttp: { transport: { target: 'pino-pretty' } } };

it('the orders service prints pretty lines at a desk, and JSON in a container or a pipe', () => {
  expect(prettyAtADesk(true, undefined)).toMatchObject(pretty);
  expect(prettyAtADesk(true, 'production')).toEqual({});
  expect(prettyAtADesk(false, undefined)).toEqual({});
});
