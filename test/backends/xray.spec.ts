import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { SCENARIOS } from '../../tools/demo/src/scenarios.ts';
import { Collector } from './collector.ts';
import { runDemo, type DemoRun } from './demo-run.ts';
import { drawServiceMap } from './draw-service-map.ts';
import type { SegmentDocument } from './segment-document.ts';
import { segmentTree } from './segment-tree.ts';
import { serviceMap } from './service-map.ts';
import { xrayPage } from './xray-page.ts';
import { XRayStub } from './xray-stub.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const UUID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g;

/** What a segment document may have at most. */
const LIMIT_BYTES = 64 * 1024;

let stub: XRayStub;
let demo: DemoRun;
/** One for each scenario, in their order. */
let traces: SegmentDocument[][];

beforeAll(async () => {
  stub = await XRayStub.start();
  const collector = await Collector.start(inject('collector'), here('collector.yaml'), stub.url);
  try {
    demo = await runDemo(collector.otlpGrpc, {
      TRACING_BACKEND: 'xray',
      TRACING_LOG_GROUPS: '/shop/{service}',
      TRACING_ANNOTATE: 'shop.sku,shop.order_id',
      // What `resource/xray` of deploy/aws does, which the collector here is without.
      OTEL_RESOURCE_ATTRIBUTES: 'telemetry.sdk.language=javascript',
    });
    await vi.waitFor(allThatWasSent, { timeout: 20_000, interval: 200 });
  } finally {
    await collector.stop();
  }
  const byTrace = Map.groupBy(stub.documents, ({ trace_id }) => trace_id);
  traces = [...byTrace.values()].toSorted((a, b) => startOf(a) - startOf(b));
});
afterAll(() => stub?.close());

function allThatWasSent(): void {
  const sent = [...demo.spanCounts.values()].reduce((sum, count) => sum + count);
  expect(stub.received.length).toBe(sent);
}

function startOf(documents: readonly SegmentDocument[]): number {
  return Math.min(...documents.map(({ start_time }) => start_time));
}

function traceOf(title: string): SegmentDocument[] {
  return traces[SCENARIOS.findIndex((scenario) => scenario.title === title)] ?? [];
}

function treeOf(title: string): string {
  return `\n${segmentTree(traceOf(title)).replaceAll(UUID, '<id>')}\n`;
}

it('every scenario is one trace', () => {
  expect(traces).toHaveLength(SCENARIOS.length);
});

it('rule 17: every line of a trace carries its X-Ray id, and the id of a segment of its service', () => {
  const lines = demo.lines.filter((line) => line.trace_id !== undefined);
  const segments = new Map(stub.documents.map((document) => [document.id, document]));
  const found = lines.map(({ span_id }) => segments.get(span_id ?? ''));
  expect(found.map((segment) => segment?.trace_id)).toEqual(
    lines.map((line) => line['xray_trace_id']),
  );
  expect(found.map((segment) => segment?.aws?.cloudwatch_logs)).toEqual(
    lines.map(({ service }) => [{ log_group: `/shop/${service}` }]),
  );
  expect(new Set(lines.map(({ service }) => service)).size).toBe(4);
});

it('documents are as small as X-Ray takes them', () => {
  const sizes = stub.received.map((text) => Buffer.byteLength(text));
  expect(Math.max(...sizes)).toBeLessThan(LIMIT_BYTES);
});

it('no service passes for an EC2 instance', () => {
  expect(stub.documents.filter(({ aws }) => aws?.['ec2'])).toEqual([]);
});

it('docs: the page of the segments, and its map', async () => {
  const page = await xrayPage(
    {
      order: traceOf('an order that works'),
      refused: traceOf('an unknown product (expected: 404)'),
      crash: traceOf('a crash (500)'),
    },
    demo.lines,
  );
  await expect(page).toMatchFileSnapshot(here('../../docs/xray-segments.md'));
  const map = drawServiceMap(serviceMap(stub.documents));
  await expect(map).toMatchFileSnapshot(here('../../docs/images/service-map.svg'));
});

it('an order that works', () => {
  expect(treeOf('an order that works')).toMatchInlineSnapshot(`
    "
    segment gateway POST /orders 201 logs: /shop/gateway
      subsegment ShopService.place shop.sku="teapot"
        subsegment shop.orders.v1.Orders remote POST /shop.orders.v1.Orders/Place 200
          segment orders POST /shop.orders.v1.Orders/Place 200 logs: /shop/orders
            subsegment OrdersService.place shop.sku="teapot"
              subsegment shop.inventory.v1.Inventory remote POST /shop.inventory.v1.Inventory/Reserve 200
                segment inventory POST /shop.inventory.v1.Inventory/Reserve 200 logs: /shop/inventory
                  subsegment InventoryService.reserve shop.sku="teapot"
                    subsegment Warehouse.locate
                    subsegment Warehouse.fetch
              subsegment shop.payments.v1.Payments remote POST /shop.payments.v1.Payments/Charge 200
                segment payments POST /shop.payments.v1.Payments/Charge 200 logs: /shop/payments
                  subsegment PaymentsService.charge
                    subsegment Bank.accepts
    "
  `);
});

it('the order on its way (server streaming)', () => {
  expect(treeOf('the order on its way (server streaming)')).toMatchInlineSnapshot(`
    "
    segment gateway GET /orders/<id>/events 200 logs: /shop/gateway
      subsegment ShopService.watch shop.order_id="<id>"
        subsegment shop.orders.v1.Orders remote POST /shop.orders.v1.Orders/Watch 200
          segment orders POST /shop.orders.v1.Orders/Watch 200 logs: /shop/orders
            subsegment OrdersService.watch shop.order_id="<id>"
              subsegment OrdersService.find shop.order_id="<id>"
              subsegment shop.payments.v1.Payments remote POST /shop.payments.v1.Payments/Status 200
                segment payments POST /shop.payments.v1.Payments/Status 200 logs: /shop/payments
                  subsegment PaymentsService.find
              subsegment shop.inventory.v1.Inventory remote POST /shop.inventory.v1.Inventory/Track 200
                segment inventory POST /shop.inventory.v1.Inventory/Track 200 logs: /shop/inventory
                  subsegment InventoryService.track
    "
  `);
});

it("a supplier's delivery (client streaming)", () => {
  expect(treeOf("a supplier's delivery (client streaming)")).toMatchInlineSnapshot(`
    "
    segment gateway POST /deliveries 201 logs: /shop/gateway
      subsegment ShopService.deliver
        subsegment ShopService.merge
        subsegment shop.orders.v1.Orders remote POST /shop.orders.v1.Orders/Deliver 200
          segment orders POST /shop.orders.v1.Orders/Deliver 200 logs: /shop/orders
            subsegment OrdersService.deliver
              subsegment shop.inventory.v1.Inventory remote POST /shop.inventory.v1.Inventory/ImportStock 200
                segment inventory POST /shop.inventory.v1.Inventory/ImportStock 200 logs: /shop/inventory
                  subsegment InventoryService.importStock
                    subsegment shelve shop.sku="teapot"
                    subsegment shelve shop.sku="teacup"
              subsegment shop.payments.v1.Payments remote POST /shop.payments.v1.Payments/PaySupplier 200
                segment payments POST /shop.payments.v1.Payments/PaySupplier 200 logs: /shop/payments
                  subsegment PaymentsService.paySupplier
                    subsegment Bank.transfer
    "
  `);
});

it('haggling (streaming both ways)', () => {
  expect(treeOf('haggling (streaming both ways)')).toMatchInlineSnapshot(`
    "
    segment gateway POST /haggle 200 logs: /shop/gateway
      subsegment ShopService.haggle
        subsegment shop.orders.v1.Orders remote POST /shop.orders.v1.Orders/Haggle 200
          segment orders POST /shop.orders.v1.Orders/Haggle 200 logs: /shop/orders
            subsegment OrdersService.haggle
              subsegment shop.payments.v1.Payments remote POST /shop.payments.v1.Payments/Haggle 200
                segment payments POST /shop.payments.v1.Payments/Haggle 200 logs: /shop/payments
                  subsegment PaymentsService.haggle
                    subsegment PaymentsService.judge
                    subsegment PaymentsService.judge
                    subsegment PaymentsService.judge
              subsegment shop.inventory.v1.Inventory remote POST /shop.inventory.v1.Inventory/Check 200
                segment inventory POST /shop.inventory.v1.Inventory/Check 200 logs: /shop/inventory
                  subsegment InventoryService.check shop.sku="teapot"
              subsegment shop.inventory.v1.Inventory remote POST /shop.inventory.v1.Inventory/Check 200
                segment inventory POST /shop.inventory.v1.Inventory/Check 200 logs: /shop/inventory
                  subsegment InventoryService.check shop.sku="teapot"
              subsegment shop.inventory.v1.Inventory remote POST /shop.inventory.v1.Inventory/Check 200
                segment inventory POST /shop.inventory.v1.Inventory/Check 200 logs: /shop/inventory
                  subsegment InventoryService.check shop.sku="teapot"
    "
  `);
});

it('an unknown product (expected: 404)', () => {
  expect(treeOf('an unknown product (expected: 404)')).toMatchInlineSnapshot(`
    "
    segment gateway POST /orders 404 error logs: /shop/gateway
      subsegment ShopService.place 404 error shop.sku="unicorn"
        subsegment shop.orders.v1.Orders remote POST /shop.orders.v1.Orders/Place 404 error
          ! There is no product "unicorn".
          segment orders POST /shop.orders.v1.Orders/Place 404 error logs: /shop/orders
            subsegment OrdersService.place 404 error shop.sku="unicorn"
              subsegment shop.inventory.v1.Inventory remote POST /shop.inventory.v1.Inventory/Reserve 404 error
                ! There is no product "unicorn".
                segment inventory POST /shop.inventory.v1.Inventory/Reserve 404 error logs: /shop/inventory
                  subsegment InventoryService.reserve 404 error shop.sku="unicorn"
    "
  `);
});

it('a declined card (expected: 402)', () => {
  expect(treeOf('a declined card (expected: 402)')).toMatchInlineSnapshot(`
    "
    segment gateway POST /orders 402 error logs: /shop/gateway
      subsegment ShopService.place 400 error shop.sku="teapot"
        subsegment shop.orders.v1.Orders remote POST /shop.orders.v1.Orders/Place 400 error
          ! The card was declined.
          segment orders POST /shop.orders.v1.Orders/Place 400 error logs: /shop/orders
            subsegment OrdersService.place 400 error shop.sku="teapot"
              subsegment shop.inventory.v1.Inventory remote POST /shop.inventory.v1.Inventory/Reserve 200
                segment inventory POST /shop.inventory.v1.Inventory/Reserve 200 logs: /shop/inventory
                  subsegment InventoryService.reserve shop.sku="teapot"
                    subsegment Warehouse.locate
                    subsegment Warehouse.fetch
              subsegment shop.payments.v1.Payments remote POST /shop.payments.v1.Payments/Charge 400 error
                ! The card was declined.
                segment payments POST /shop.payments.v1.Payments/Charge 400 error logs: /shop/payments
                  subsegment PaymentsService.charge 400 error
                    subsegment Bank.accepts
              subsegment shop.inventory.v1.Inventory remote POST /shop.inventory.v1.Inventory/Release 200
                segment inventory POST /shop.inventory.v1.Inventory/Release 200 logs: /shop/inventory
                  subsegment InventoryService.release
                    subsegment InventoryService.check shop.sku="teapot"
    "
  `);
});

it('a crash (500)', () => {
  expect(treeOf('a crash (500)')).toMatchInlineSnapshot(`
    "
    segment gateway POST /orders 500 fault logs: /shop/gateway
      ! RpcException: Internal server error at anonymous (libs/contracts/dist/forward-status.js: ? new RpcException({ code: error.code, message: error.details }))
      subsegment ShopService.place fault shop.sku="haunted-mirror"
        ! Error: Internal server error at anonymous (libs/contracts/dist/forward-status.js: ? new RpcException({ code: error.code, message: error.details }))
        subsegment shop.orders.v1.Orders remote POST /shop.orders.v1.Orders/Place 500 fault
          ! Internal server error
          segment orders POST /shop.orders.v1.Orders/Place 500 fault logs: /shop/orders
            ! Internal server error
            subsegment OrdersService.place fault shop.sku="haunted-mirror"
              ! Error: Internal server error at anonymous (libs/contracts/dist/forward-status.js: ? new RpcException({ code: error.code, message: error.details }))
              subsegment shop.inventory.v1.Inventory remote POST /shop.inventory.v1.Inventory/Reserve 500 fault
                ! Internal server error
                segment inventory POST /shop.inventory.v1.Inventory/Reserve 500 fault logs: /shop/inventory
                  ! TypeError: Cannot read properties of undefined (reading 'row') at Warehouse.locate (dist/apps/inventory/warehouse.js: return SHELVES.get(product.shelf).row;)
                  subsegment InventoryService.reserve fault shop.sku="haunted-mirror"
                    ! Cannot read properties of undefined (reading 'row')
                    subsegment Warehouse.locate fault
                      ! TypeError: Cannot read properties of undefined (reading 'row') at Warehouse.locate (dist/apps/inventory/warehouse.js: return SHELVES.get(product.shelf).row;)
    "
  `);
});

it('a slow one', () => {
  expect(treeOf('a slow one')).toMatchInlineSnapshot(`
    "
    segment gateway POST /orders 201 logs: /shop/gateway
      subsegment ShopService.place shop.sku="grand-piano"
        subsegment shop.orders.v1.Orders remote POST /shop.orders.v1.Orders/Place 200
          segment orders POST /shop.orders.v1.Orders/Place 200 logs: /shop/orders
            subsegment OrdersService.place shop.sku="grand-piano"
              subsegment shop.inventory.v1.Inventory remote POST /shop.inventory.v1.Inventory/Reserve 200
                segment inventory POST /shop.inventory.v1.Inventory/Reserve 200 logs: /shop/inventory
                  subsegment InventoryService.reserve shop.sku="grand-piano"
                    subsegment Warehouse.locate
                    subsegment Warehouse.fetch
              subsegment shop.payments.v1.Payments remote POST /shop.payments.v1.Payments/Charge 200
                segment payments POST /shop.payments.v1.Payments/Charge 200 logs: /shop/payments
                  subsegment PaymentsService.charge
                    subsegment Bank.accepts
    "
  `);
});
