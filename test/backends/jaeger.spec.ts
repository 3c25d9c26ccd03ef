import { traceTree, type Attributes, type Span } from '@shop/otlp';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { SCENARIOS } from '../../tools/demo/src/scenarios.ts';
import { runDemo, type DemoRun } from './demo-run.ts';
import { Jaeger } from './jaeger.ts';

let jaeger: Jaeger;
let demo: DemoRun;
/** One for each scenario, in their order. */
let traces: Span[][];

beforeAll(async () => {
  jaeger = await Jaeger.start(inject('jaeger'));
  demo = await runDemo(jaeger.otlp);
  traces = await vi.waitFor(allThatWasSent, { timeout: 20_000, interval: 200 });
});
afterAll(() => jaeger?.stop());

async function allThatWasSent(): Promise<Span[][]> {
  const found = await jaeger.tracesOf('gateway');
  expect(new Map(found.map((spans) => [spans[0]!.traceId, spans.length]))).toEqual(demo.spanCounts);
  return found;
}

/** A trace of the demo as a tree, with the scope of each span. */
function treeOf(title: string): string {
  const trace = traces[SCENARIOS.findIndex((scenario) => scenario.title === title)];
  return `\n${traceTree(trace ?? [], { attributes: ['otel.scope.name'] })}\n`;
}

/** What differs from machine to machine, and from one version of the SDK to the next, as `...`. */
function withoutThisMachine(tags: Attributes): Attributes {
  const same = /^(service\.version|telemetry\.sdk\.(name|language))$/;
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [key, same.test(key) ? value : '...']),
  );
}

it('Jaeger lists the services', async () => {
  expect((await jaeger.services()).toSorted()).toEqual([
    'gateway',
    'inventory',
    'orders',
    'payments',
  ]);
});

it('every scenario is one trace', () => {
  const roots = traces.map((spans) => spans.filter(({ parentSpanId }) => !parentSpanId));
  expect(roots.map(([{ service, name } = {} as Span]) => `${service} ${name}`)).toEqual(
    SCENARIOS.map(({ expected }) => `gateway ${expected.root}`),
  );
  expect(roots.map(({ length }) => length)).toEqual(SCENARIOS.map(() => 1));
});

it('rule 32: Jaeger warns of no span, since there is no time that it has to correct', async () => {
  expect(await jaeger.warningsOf('gateway')).toEqual([]);
});

it('rule 18: the logs of a span are the lines that were written in it, in their order', () => {
  const logs = traces
    .flat()
    .map(({ spanId, events }) => [spanId, events.map(({ name }) => name)] as const)
    .map(([spanId, names]) => [spanId, names.filter((name) => name !== 'exception')] as const)
    .filter(([, names]) => names.length > 0);
  const lines = Map.groupBy(
    demo.lines.filter((line) => line.trace_id !== undefined),
    (line) => line.span_id,
  );
  expect(Object.fromEntries(logs)).toEqual(
    Object.fromEntries([...lines].map(([id, of]) => [id, of.map(({ msg }) => msg)])),
  );
});

it('rule 30: the process says who makes the spans, and nothing of the command line', () => {
  const processes = new Map(traces.flat().map((span) => [span.service, span.resource]));
  expect(processes.size).toBe(4);
  for (const tags of processes.values()) {
    expect(withoutThisMachine(tags)).toMatchInlineSnapshot(`
      {
        "host.arch": "...",
        "host.id": "...",
        "host.name": "...",
        "os.type": "...",
        "os.version": "...",
        "service.instance.id": "...",
        "service.version": "1.0.0",
        "telemetry.sdk.language": "nodejs",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.version": "...",
      }
    `);
  }
});

it('an order that works', () => {
  expect(treeOf('an order that works')).toMatchInlineSnapshot(`
    "
    gateway SERVER POST /orders 201 otel.scope.name="nestjs-tracing"
      · info request completed
      gateway INTERNAL ShopController.place otel.scope.name="gateway/shop"
        gateway INTERNAL ShopService.place otel.scope.name="gateway/shop"
          · info a customer orders
          · info the customer gets a receipt
          gateway CLIENT shop.orders.v1.Orders/Place OK otel.scope.name="nestjs-tracing"
            orders SERVER shop.orders.v1.Orders/Place OK otel.scope.name="nestjs-tracing"
              orders INTERNAL OrdersController.place otel.scope.name="orders/orders"
                orders INTERNAL OrdersService.place otel.scope.name="orders/orders"
                  · info placing an order
                  · info order placed
                  orders CLIENT shop.inventory.v1.Inventory/Reserve OK otel.scope.name="nestjs-tracing"
                    inventory SERVER shop.inventory.v1.Inventory/Reserve OK otel.scope.name="nestjs-tracing"
                      inventory INTERNAL InventoryController.reserve otel.scope.name="inventory/inventory"
                        inventory INTERNAL InventoryService.reserve otel.scope.name="inventory/inventory"
                          · info reserving stock
                          inventory INTERNAL Warehouse.locate otel.scope.name="inventory/inventory"
                          inventory INTERNAL Warehouse.fetch otel.scope.name="inventory/inventory"
                            · info fetching goods
                  orders CLIENT shop.payments.v1.Payments/Charge OK otel.scope.name="nestjs-tracing"
                    payments SERVER shop.payments.v1.Payments/Charge OK otel.scope.name="nestjs-tracing"
                      payments INTERNAL PaymentsController.charge otel.scope.name="payments/payments"
                        payments INTERNAL PaymentsService.charge otel.scope.name="payments/payments"
                          · info charging the card
                          payments INTERNAL Bank.accepts otel.scope.name="payments/payments"
    "
  `);
});

it('the order on its way (server streaming)', () => {
  expect(treeOf('the order on its way (server streaming)')).toMatchInlineSnapshot(`
    "
    gateway SERVER GET /orders/:id/events 200 otel.scope.name="nestjs-tracing"
      · info request completed
      gateway INTERNAL ShopController.events otel.scope.name="gateway/shop"
        gateway INTERNAL ShopService.watch otel.scope.name="gateway/shop"
          · info a customer watches an order
          gateway CLIENT shop.orders.v1.Orders/Watch OK otel.scope.name="nestjs-tracing"
            orders SERVER shop.orders.v1.Orders/Watch OK otel.scope.name="nestjs-tracing"
              orders INTERNAL OrdersController.watch otel.scope.name="orders/orders"
                orders INTERNAL OrdersService.watch otel.scope.name="orders/orders"
                  · info order paid
                  · info order picked
                  · info order packed
                  · info order shipped
                  orders INTERNAL OrdersService.find otel.scope.name="orders/orders"
                    · info looking at an order
                  orders CLIENT shop.payments.v1.Payments/Status OK otel.scope.name="nestjs-tracing"
                    payments SERVER shop.payments.v1.Payments/Status OK otel.scope.name="nestjs-tracing"
                      payments INTERNAL PaymentsController.status otel.scope.name="payments/payments"
                        payments INTERNAL PaymentsService.find otel.scope.name="payments/payments"
                          · info looking at a payment
                  orders CLIENT shop.inventory.v1.Inventory/Track OK otel.scope.name="nestjs-tracing"
                    inventory SERVER shop.inventory.v1.Inventory/Track OK otel.scope.name="nestjs-tracing"
                      inventory INTERNAL InventoryController.track otel.scope.name="inventory/inventory"
                        inventory INTERNAL InventoryService.track otel.scope.name="inventory/inventory"
                          · info goods picked
                          · info goods packed
                          · info goods shipped
    "
  `);
});

it("a supplier's delivery (client streaming)", () => {
  expect(treeOf("a supplier's delivery (client streaming)")).toMatchInlineSnapshot(`
    "
    gateway SERVER POST /deliveries 201 otel.scope.name="nestjs-tracing"
      · info request completed
      gateway INTERNAL ShopController.deliver otel.scope.name="gateway/shop"
        gateway INTERNAL ShopService.deliver otel.scope.name="gateway/shop"
          · info a supplier delivers
          gateway INTERNAL ShopService.merge otel.scope.name="gateway/shop"
          gateway CLIENT shop.orders.v1.Orders/Deliver OK otel.scope.name="nestjs-tracing"
            orders SERVER shop.orders.v1.Orders/Deliver OK otel.scope.name="nestjs-tracing"
              orders INTERNAL OrdersController.deliver otel.scope.name="orders/orders"
                orders INTERNAL OrdersService.deliver otel.scope.name="orders/orders"
                  · info goods arrived
                  · info goods arrived
                  · info delivery paid
                  orders CLIENT shop.inventory.v1.Inventory/ImportStock OK otel.scope.name="nestjs-tracing"
                    inventory SERVER shop.inventory.v1.Inventory/ImportStock OK otel.scope.name="nestjs-tracing"
                      inventory INTERNAL InventoryController.importStock otel.scope.name="inventory/inventory"
                        inventory INTERNAL InventoryService.importStock otel.scope.name="inventory/inventory"
                          inventory INTERNAL shelve otel.scope.name="inventory/inventory"
                            · info shelving goods
                          inventory INTERNAL shelve otel.scope.name="inventory/inventory"
                            · info shelving goods
                  orders CLIENT shop.payments.v1.Payments/PaySupplier OK otel.scope.name="nestjs-tracing"
                    payments SERVER shop.payments.v1.Payments/PaySupplier OK otel.scope.name="nestjs-tracing"
                      payments INTERNAL PaymentsController.paySupplier otel.scope.name="payments/payments"
                        payments INTERNAL PaymentsService.paySupplier otel.scope.name="payments/payments"
                          · info paying a supplier
                          payments INTERNAL Bank.transfer otel.scope.name="payments/payments"
    "
  `);
});

it('haggling (streaming both ways)', () => {
  expect(treeOf('haggling (streaming both ways)')).toMatchInlineSnapshot(`
    "
    gateway SERVER POST /haggle 200 otel.scope.name="nestjs-tracing"
      · info request completed
      gateway INTERNAL ShopController.haggle otel.scope.name="gateway/shop"
        gateway INTERNAL ShopService.haggle otel.scope.name="gateway/shop"
          · info a customer haggles
          · info the shop answers an offer
          · info the shop answers an offer
          · info the shop answers an offer
          gateway CLIENT shop.orders.v1.Orders/Haggle OK otel.scope.name="nestjs-tracing"
            orders SERVER shop.orders.v1.Orders/Haggle OK otel.scope.name="nestjs-tracing"
              orders INTERNAL OrdersController.haggle otel.scope.name="orders/orders"
                orders INTERNAL OrdersService.haggle otel.scope.name="orders/orders"
                  · info passing on an offer
                  · info passing on an offer
                  · info passing on an offer
                  orders CLIENT shop.payments.v1.Payments/Haggle OK otel.scope.name="nestjs-tracing"
                    payments SERVER shop.payments.v1.Payments/Haggle OK otel.scope.name="nestjs-tracing"
                      payments INTERNAL PaymentsController.haggle otel.scope.name="payments/payments"
                        payments INTERNAL PaymentsService.haggle otel.scope.name="payments/payments"
                          payments INTERNAL PaymentsService.judge otel.scope.name="payments/payments"
                            · info offer refused
                          payments INTERNAL PaymentsService.judge otel.scope.name="payments/payments"
                            · info offer refused
                          payments INTERNAL PaymentsService.judge otel.scope.name="payments/payments"
                            · info offer accepted
                  orders CLIENT shop.inventory.v1.Inventory/Check OK otel.scope.name="nestjs-tracing"
                    inventory SERVER shop.inventory.v1.Inventory/Check OK otel.scope.name="nestjs-tracing"
                      inventory INTERNAL InventoryController.check otel.scope.name="inventory/inventory"
                        inventory INTERNAL InventoryService.check otel.scope.name="inventory/inventory"
                          · info looking at the shelf
                  orders CLIENT shop.inventory.v1.Inventory/Check OK otel.scope.name="nestjs-tracing"
                    inventory SERVER shop.inventory.v1.Inventory/Check OK otel.scope.name="nestjs-tracing"
                      inventory INTERNAL InventoryController.check otel.scope.name="inventory/inventory"
                        inventory INTERNAL InventoryService.check otel.scope.name="inventory/inventory"
                          · info looking at the shelf
                  orders CLIENT shop.inventory.v1.Inventory/Check OK otel.scope.name="nestjs-tracing"
                    inventory SERVER shop.inventory.v1.Inventory/Check OK otel.scope.name="nestjs-tracing"
                      inventory INTERNAL InventoryController.check otel.scope.name="inventory/inventory"
                        inventory INTERNAL InventoryService.check otel.scope.name="inventory/inventory"
                          · info looking at the shelf
    "
  `);
});

it('an unknown product (expected: 404)', () => {
  expect(treeOf('an unknown product (expected: 404)')).toMatchInlineSnapshot(`
    "
    gateway SERVER POST /orders 404 otel.scope.name="nestjs-tracing"
      · warn refused
      · info request completed
      gateway INTERNAL ShopController.place NOT_FOUND otel.scope.name="gateway/shop"
        gateway INTERNAL ShopService.place NOT_FOUND otel.scope.name="gateway/shop"
          · info a customer orders
          gateway CLIENT shop.orders.v1.Orders/Place NOT_FOUND ERROR: There is no product "unicorn". otel.scope.name="nestjs-tracing"
            orders SERVER shop.orders.v1.Orders/Place NOT_FOUND otel.scope.name="nestjs-tracing"
              orders INTERNAL OrdersController.place NOT_FOUND otel.scope.name="orders/orders"
                orders INTERNAL OrdersService.place NOT_FOUND otel.scope.name="orders/orders"
                  · info placing an order
                  orders CLIENT shop.inventory.v1.Inventory/Reserve NOT_FOUND ERROR: There is no product "unicorn". otel.scope.name="nestjs-tracing"
                    inventory SERVER shop.inventory.v1.Inventory/Reserve NOT_FOUND otel.scope.name="nestjs-tracing"
                      inventory INTERNAL InventoryController.reserve NOT_FOUND otel.scope.name="inventory/inventory"
                        inventory INTERNAL InventoryService.reserve NOT_FOUND otel.scope.name="inventory/inventory"
                          · info reserving stock
                          · warn unknown product
    "
  `);
});

it('a declined card (expected: 402)', () => {
  expect(treeOf('a declined card (expected: 402)')).toMatchInlineSnapshot(`
    "
    gateway SERVER POST /orders 402 otel.scope.name="nestjs-tracing"
      · warn refused
      · info request completed
      gateway INTERNAL ShopController.place FAILED_PRECONDITION otel.scope.name="gateway/shop"
        gateway INTERNAL ShopService.place FAILED_PRECONDITION otel.scope.name="gateway/shop"
          · info a customer orders
          gateway CLIENT shop.orders.v1.Orders/Place FAILED_PRECONDITION ERROR: The card was declined. otel.scope.name="nestjs-tracing"
            orders SERVER shop.orders.v1.Orders/Place FAILED_PRECONDITION otel.scope.name="nestjs-tracing"
              orders INTERNAL OrdersController.place FAILED_PRECONDITION otel.scope.name="orders/orders"
                orders INTERNAL OrdersService.place FAILED_PRECONDITION otel.scope.name="orders/orders"
                  · info placing an order
                  · warn not paid, releasing the goods
                  orders CLIENT shop.inventory.v1.Inventory/Reserve OK otel.scope.name="nestjs-tracing"
                    inventory SERVER shop.inventory.v1.Inventory/Reserve OK otel.scope.name="nestjs-tracing"
                      inventory INTERNAL InventoryController.reserve otel.scope.name="inventory/inventory"
                        inventory INTERNAL InventoryService.reserve otel.scope.name="inventory/inventory"
                          · info reserving stock
                          inventory INTERNAL Warehouse.locate otel.scope.name="inventory/inventory"
                          inventory INTERNAL Warehouse.fetch otel.scope.name="inventory/inventory"
                            · info fetching goods
                  orders CLIENT shop.payments.v1.Payments/Charge FAILED_PRECONDITION ERROR: The card was declined. otel.scope.name="nestjs-tracing"
                    payments SERVER shop.payments.v1.Payments/Charge FAILED_PRECONDITION otel.scope.name="nestjs-tracing"
                      payments INTERNAL PaymentsController.charge FAILED_PRECONDITION otel.scope.name="payments/payments"
                        payments INTERNAL PaymentsService.charge FAILED_PRECONDITION otel.scope.name="payments/payments"
                          · info charging the card
                          · warn card declined
                          payments INTERNAL Bank.accepts otel.scope.name="payments/payments"
                  orders CLIENT shop.inventory.v1.Inventory/Release OK otel.scope.name="nestjs-tracing"
                    inventory SERVER shop.inventory.v1.Inventory/Release OK otel.scope.name="nestjs-tracing"
                      inventory INTERNAL InventoryController.release otel.scope.name="inventory/inventory"
                        inventory INTERNAL InventoryService.release otel.scope.name="inventory/inventory"
                          · info putting goods back
                          inventory INTERNAL InventoryService.check otel.scope.name="inventory/inventory"
                            · info looking at the shelf
    "
  `);
});

it('a crash (500)', () => {
  expect(treeOf('a crash (500)')).toMatchInlineSnapshot(`
    "
    gateway SERVER POST /orders 500 ERROR otel.scope.name="nestjs-tracing"
      · error failed [RpcException: Internal server error]
      · info request errored [Error: failed with status code 500]
      gateway INTERNAL ShopController.place ERROR: Internal server error otel.scope.name="gateway/shop"
        gateway INTERNAL ShopService.place ERROR: Internal server error otel.scope.name="gateway/shop"
          · info a customer orders
          · exception [Error: Internal server error]
          gateway CLIENT shop.orders.v1.Orders/Place UNKNOWN ERROR: Internal server error otel.scope.name="nestjs-tracing"
            orders SERVER shop.orders.v1.Orders/Place UNKNOWN ERROR: Internal server error otel.scope.name="nestjs-tracing"
              orders INTERNAL OrdersController.place ERROR: Internal server error otel.scope.name="orders/orders"
                orders INTERNAL OrdersService.place ERROR: Internal server error otel.scope.name="orders/orders"
                  · info placing an order
                  · exception [Error: Internal server error]
                  orders CLIENT shop.inventory.v1.Inventory/Reserve UNKNOWN ERROR: Internal server error otel.scope.name="nestjs-tracing"
                    inventory SERVER shop.inventory.v1.Inventory/Reserve UNKNOWN ERROR: Internal server error otel.scope.name="nestjs-tracing"
                      · error Cannot read properties of undefined (reading 'row') [TypeError: Cannot read properties of undefined (reading 'row')]
                      inventory INTERNAL InventoryController.reserve ERROR: Cannot read properties of undefined (reading 'row') otel.scope.name="inventory/inventory"
                        inventory INTERNAL InventoryService.reserve ERROR: Cannot read properties of undefined (reading 'row') otel.scope.name="inventory/inventory"
                          · info reserving stock
                          inventory INTERNAL Warehouse.locate ERROR: Cannot read properties of undefined (reading 'row') otel.scope.name="inventory/inventory"
                            · exception [TypeError: Cannot read properties of undefined (reading 'row')]
    "
  `);
});

it('a slow one', () => {
  expect(treeOf('a slow one')).toMatchInlineSnapshot(`
    "
    gateway SERVER POST /orders 201 otel.scope.name="nestjs-tracing"
      · info request completed
      gateway INTERNAL ShopController.place otel.scope.name="gateway/shop"
        gateway INTERNAL ShopService.place otel.scope.name="gateway/shop"
          · info a customer orders
          · info the customer gets a receipt
          gateway CLIENT shop.orders.v1.Orders/Place OK otel.scope.name="nestjs-tracing"
            orders SERVER shop.orders.v1.Orders/Place OK otel.scope.name="nestjs-tracing"
              orders INTERNAL OrdersController.place otel.scope.name="orders/orders"
                orders INTERNAL OrdersService.place otel.scope.name="orders/orders"
                  · info placing an order
                  · info order placed
                  orders CLIENT shop.inventory.v1.Inventory/Reserve OK otel.scope.name="nestjs-tracing"
                    inventory SERVER shop.inventory.v1.Inventory/Reserve OK otel.scope.name="nestjs-tracing"
                      inventory INTERNAL InventoryController.reserve otel.scope.name="inventory/inventory"
                        inventory INTERNAL InventoryService.reserve otel.scope.name="inventory/inventory"
                          · info reserving stock
                          inventory INTERNAL Warehouse.locate otel.scope.name="inventory/inventory"
                          inventory INTERNAL Warehouse.fetch otel.scope.name="inventory/inventory"
                            · info fetching goods
                  orders CLIENT shop.payments.v1.Payments/Charge OK otel.scope.name="nestjs-tracing"
                    payments SERVER shop.payments.v1.Payments/Charge OK otel.scope.name="nestjs-tracing"
                      payments INTERNAL PaymentsController.charge otel.scope.name="payments/payments"
                        payments INTERNAL PaymentsService.charge otel.scope.name="payments/payments"
                          · info charging the card
                          payments INTERNAL Bank.accepts otel.scope.name="payments/payments"
    "
  `);
});
