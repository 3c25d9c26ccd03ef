import type { Span } from '@shop/otlp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Shop } from './support/shop.ts';
import { tree } from './support/tree.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());

const card = '4242424242424242';

/** Every line of the trace is an event on the span whose id it carries, and every service wrote one. */
function expectLinesOnTheirSpans(spans: Span[]): void {
  const lines = shop.lines(spans[0]!.traceId);
  const wrong = lines.filter((line) => {
    const span = spans.find((one) => one.spanId === line.span_id);
    return span?.service !== line.service || !span.events.some(({ name }) => name === line.msg);
  });
  expect(wrong).toEqual([]);
  const services = (of: { service: string }[]): Set<string> =>
    new Set(of.map((one) => one.service));
  expect(services(lines)).toEqual(services(spans));
  expect(services(spans).size).toBe(4);
}

it('unary: an order is one trace over four services', async () => {
  const { status, spans } = await shop.trace('POST', '/orders', {
    sku: 'teapot',
    quantity: 1,
    card,
  });
  expect(status).toBe(201);
  expect(tree(spans)).toMatchInlineSnapshot(`
    "
    gateway SERVER POST /orders 201
      · info request completed
      gateway INTERNAL ShopController.place
        gateway INTERNAL ShopService.place
          · info a customer orders
          · info the customer gets a receipt
          gateway CLIENT shop.orders.v1.Orders/Place OK
            orders SERVER shop.orders.v1.Orders/Place OK
              orders INTERNAL OrdersController.place
                orders INTERNAL OrdersService.place
                  · info placing an order
                  · info order placed
                  orders CLIENT shop.inventory.v1.Inventory/Reserve OK
                    inventory SERVER shop.inventory.v1.Inventory/Reserve OK
                      inventory INTERNAL InventoryController.reserve
                        inventory INTERNAL InventoryService.reserve
                          · info reserving stock
                          inventory INTERNAL Warehouse.locate
                          inventory INTERNAL Warehouse.fetch
                            · info fetching goods
                  orders CLIENT shop.payments.v1.Payments/Charge OK
                    payments SERVER shop.payments.v1.Payments/Charge OK
                      payments INTERNAL PaymentsController.charge
                        payments INTERNAL PaymentsService.charge
                          · info charging the card
                          payments INTERNAL Bank.accepts
    "
  `);
  expectLinesOnTheirSpans(spans);
});

it('server streaming: an order is watched on its way', async () => {
  const { body } = await shop.trace('POST', '/orders', { sku: 'teapot', quantity: 1, card });
  const { id } = body as { id: string };
  const { status, spans } = await shop.trace('GET', `/orders/${id}/events`);
  expect(status).toBe(200);
  expect(tree(spans)).toMatchInlineSnapshot(`
    "
    gateway SERVER GET /orders/:id/events 200
      · info request completed
      gateway INTERNAL ShopController.events
        gateway INTERNAL ShopService.watch
          · info a customer watches an order
          gateway CLIENT shop.orders.v1.Orders/Watch OK
            orders SERVER shop.orders.v1.Orders/Watch OK
              orders INTERNAL OrdersController.watch
                orders INTERNAL OrdersService.watch
                  · info order paid
                  · info order picked
                  · info order packed
                  · info order shipped
                  orders INTERNAL OrdersService.find
                    · info looking at an order
                  orders CLIENT shop.payments.v1.Payments/Status OK
                    payments SERVER shop.payments.v1.Payments/Status OK
                      payments INTERNAL PaymentsController.status
                        payments INTERNAL PaymentsService.find
                          · info looking at a payment
                  orders CLIENT shop.inventory.v1.Inventory/Track OK
                    inventory SERVER shop.inventory.v1.Inventory/Track OK
                      inventory INTERNAL InventoryController.track
                        inventory INTERNAL InventoryService.track
                          · info goods picked
                          · info goods packed
                          · info goods shipped
    "
  `);
  expectLinesOnTheirSpans(spans);
});

it('client streaming: a delivery is put on the shelves', async () => {
  const { status, spans } = await shop.trace('POST', '/deliveries', {
    supplier: 'Kettle & Sons',
    lines: [
      { sku: 'teapot', quantity: 12 },
      { sku: 'teacup', quantity: 48 },
    ],
  });
  expect(status).toBe(201);
  expect(tree(spans)).toMatchInlineSnapshot(`
    "
    gateway SERVER POST /deliveries 201
      · info request completed
      gateway INTERNAL ShopController.deliver
        gateway INTERNAL ShopService.deliver
          · info a supplier delivers
          gateway INTERNAL ShopService.merge
          gateway CLIENT shop.orders.v1.Orders/Deliver OK
            orders SERVER shop.orders.v1.Orders/Deliver OK
              orders INTERNAL OrdersController.deliver
                orders INTERNAL OrdersService.deliver
                  · info goods arrived
                  · info goods arrived
                  · info delivery paid
                  orders CLIENT shop.inventory.v1.Inventory/ImportStock OK
                    inventory SERVER shop.inventory.v1.Inventory/ImportStock OK
                      inventory INTERNAL InventoryController.importStock
                        inventory INTERNAL InventoryService.importStock
                          inventory INTERNAL shelve
                            · info shelving goods
                          inventory INTERNAL shelve
                            · info shelving goods
                  orders CLIENT shop.payments.v1.Payments/PaySupplier OK
                    payments SERVER shop.payments.v1.Payments/PaySupplier OK
                      payments INTERNAL PaymentsController.paySupplier
                        payments INTERNAL PaymentsService.paySupplier
                          · info paying a supplier
                          payments INTERNAL Bank.transfer
    "
  `);
  expectLinesOnTheirSpans(spans);
});

it('streaming both ways: offers are haggled over', async () => {
  const offers = [1000, 1600, 1900];
  const { status, spans } = await shop.trace('POST', '/haggle', { sku: 'teapot', offers });
  expect(status).toBe(200);
  expect(tree(spans)).toMatchInlineSnapshot(`
    "
    gateway SERVER POST /haggle 200
      · info request completed
      gateway INTERNAL ShopController.haggle
        gateway INTERNAL ShopService.haggle
          · info a customer haggles
          · info the shop answers an offer
          · info the shop answers an offer
          · info the shop answers an offer
          gateway CLIENT shop.orders.v1.Orders/Haggle OK
            orders SERVER shop.orders.v1.Orders/Haggle OK
              orders INTERNAL OrdersController.haggle
                orders INTERNAL OrdersService.haggle
                  · info passing on an offer
                  · info passing on an offer
                  · info passing on an offer
                  orders CLIENT shop.payments.v1.Payments/Haggle OK
                    payments SERVER shop.payments.v1.Payments/Haggle OK
                      payments INTERNAL PaymentsController.haggle
                        payments INTERNAL PaymentsService.haggle
                          payments INTERNAL PaymentsService.judge
                            · info offer refused
                          payments INTERNAL PaymentsService.judge
                            · info offer refused
                          payments INTERNAL PaymentsService.judge
                            · info offer accepted
                  orders CLIENT shop.inventory.v1.Inventory/Check OK
                    inventory SERVER shop.inventory.v1.Inventory/Check OK
                      inventory INTERNAL InventoryController.check
                        inventory INTERNAL InventoryService.check
                          · info looking at the shelf
                  orders CLIENT shop.inventory.v1.Inventory/Check OK
                    inventory SERVER shop.inventory.v1.Inventory/Check OK
                      inventory INTERNAL InventoryController.check
                        inventory INTERNAL InventoryService.check
                          · info looking at the shelf
                  orders CLIENT shop.inventory.v1.Inventory/Check OK
                    inventory SERVER shop.inventory.v1.Inventory/Check OK
                      inventory INTERNAL InventoryController.check
                        inventory INTERNAL InventoryService.check
                          · info looking at the shelf
    "
  `);
  expectLinesOnTheirSpans(spans);
});

it('the scopes are those of the packages', async () => {
  const { spans } = await shop.trace('POST', '/orders', { sku: 'teapot', quantity: 1, card });
  const scopes = new Set(
    spans.filter((span) => span.kind === 'INTERNAL').map((span) => span.scope),
  );
  expect(scopes).toEqual(
    new Set(['gateway/shop', 'orders/orders', 'inventory/inventory', 'payments/payments']),
  );
});

it('rule 30: the resource says who makes the spans, and nothing of the command line', async () => {
  const { spans } = await shop.trace('POST', '/orders', { sku: 'teapot', quantity: 1, card });
  expect(Object.keys(spans[0]!.resource).toSorted()).toEqual([
    'host.arch',
    'host.id',
    'host.name',
    'os.type',
    'os.version',
    'service.instance.id',
    'service.name',
    'service.version',
    'telemetry.sdk.language',
    'telemetry.sdk.name',
    'telemetry.sdk.version',
  ]);
});
