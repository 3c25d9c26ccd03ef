import type { Expectation, Hop } from './trace-check.ts';

/** One thing that somebody does with the shop, over HTTP. */
export interface Scenario {
  readonly title: string;
  readonly method: 'GET' | 'POST';
  /** `:id` stands for the order that was placed last. */
  readonly path: string;
  readonly body?: object;
  readonly expected: Expectation;
}

const ALL = ['gateway', 'orders', 'inventory', 'payments'];
const CARD = '4242424242424242';

const hop = (from: string, to: string, call: string): Hop => ({ from, to, call });

const PLACE = hop('gateway', 'orders', 'shop.orders.v1.Orders/Place');
const RESERVE = hop('orders', 'inventory', 'shop.inventory.v1.Inventory/Reserve');
const RELEASE = hop('orders', 'inventory', 'shop.inventory.v1.Inventory/Release');
const CHARGE = hop('orders', 'payments', 'shop.payments.v1.Payments/Charge');

/** An order, as all scenarios but the ones of the streams place one. */
const order = (
  title: string,
  body: { sku: string; quantity: number; card: string },
  expected: Omit<Expectation, 'root'>,
): Scenario => ({
  title,
  method: 'POST',
  path: '/orders',
  body,
  expected: { root: 'POST /orders', ...expected },
});

export const SCENARIOS: readonly Scenario[] = [
  order(
    'an order that works',
    { sku: 'teapot', quantity: 1, card: CARD },
    { status: 201, services: ALL, hops: [PLACE, RESERVE, CHARGE] },
  ),
  {
    title: 'the order on its way (server streaming)',
    method: 'GET',
    path: '/orders/:id/events',
    expected: {
      root: 'GET /orders/:id/events',
      status: 200,
      services: ALL,
      hops: [
        hop('gateway', 'orders', 'shop.orders.v1.Orders/Watch'),
        hop('orders', 'inventory', 'shop.inventory.v1.Inventory/Track'),
        hop('orders', 'payments', 'shop.payments.v1.Payments/Status'),
      ],
    },
  },
  {
    title: "a supplier's delivery (client streaming)",
    method: 'POST',
    path: '/deliveries',
    body: {
      supplier: 'Kettle & Sons',
      lines: [
        { sku: 'teapot', quantity: 12 },
        { sku: 'teacup', quantity: 48 },
      ],
    },
    expected: {
      root: 'POST /deliveries',
      status: 201,
      services: ALL,
      hops: [
        hop('gateway', 'orders', 'shop.orders.v1.Orders/Deliver'),
        hop('orders', 'inventory', 'shop.inventory.v1.Inventory/ImportStock'),
        hop('orders', 'payments', 'shop.payments.v1.Payments/PaySupplier'),
      ],
    },
  },
  {
    title: 'haggling (streaming both ways)',
    method: 'POST',
    path: '/haggle',
    body: { sku: 'teapot', offers: [1000, 1600, 1900] },
    expected: {
      root: 'POST /haggle',
      status: 200,
      services: ALL,
      hops: [
        hop('gateway', 'orders', 'shop.orders.v1.Orders/Haggle'),
        hop('orders', 'inventory', 'shop.inventory.v1.Inventory/Check'),
        hop('orders', 'payments', 'shop.payments.v1.Payments/Haggle'),
      ],
    },
  },
  order(
    'an unknown product (expected: 404)',
    { sku: 'unicorn', quantity: 1, card: CARD },
    { status: 404, services: ['gateway', 'orders', 'inventory'], hops: [PLACE, RESERVE] },
  ),
  order(
    'a declined card (expected: 402)',
    { sku: 'teapot', quantity: 1, card: 'declined' },
    { status: 402, services: ALL, hops: [PLACE, RESERVE, CHARGE, RELEASE] },
  ),
  order(
    'a crash (500)',
    { sku: 'haunted-mirror', quantity: 1, card: CARD },
    {
      status: 500,
      services: ['gateway', 'orders', 'inventory'],
      hops: [PLACE, RESERVE],
      exception: true,
    },
  ),
  order(
    'a slow one',
    { sku: 'grand-piano', quantity: 1, card: CARD },
    { status: 201, services: ALL, hops: [PLACE, RESERVE, CHARGE], atLeastMs: 1_000 },
  ),
];
