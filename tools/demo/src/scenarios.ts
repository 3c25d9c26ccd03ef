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
const CHARGE = hop('orders', 'payments', 'shop.payments.v1.Payments/Charge');

export const SCENARIOS: readonly Scenario[] = [
  {
    title: 'an order that works',
    method: 'POST',
    path: '/orders',
    body: { sku: 'teapot', quantity: 1, card: CARD },
    expected: {
      root: 'POST /orders',
      status: 201,
      services: ALL,
      hops: [PLACE, RESERVE, CHARGE],
    },
  },
];
