import type { AppKind } from './dimensions.ts';

/** A request to an app, and what is to come of it. */
export interface ExpectedTrace {
  readonly path: string;
  readonly method?: string;
  readonly answer: object;
  readonly tree: string;
  /** The message of a log line that carries the id of the trace. */
  readonly line: string;
}

export function expectedTraces({ packages }: AppKind): ExpectedTrace[] {
  return packages === 'with gRPC' ? [order, stock, price, changed] : [order];
}

const order: ExpectedTrace = {
  path: '/orders/7',
  answer: { id: '7' },
  tree: `
shop SERVER GET /orders/:id 200
  shop INTERNAL OrdersController.find
    shop INTERNAL OrdersService.find
      · info finding an order
`,
  line: 'finding an order',
};

const stock: ExpectedTrace = {
  path: '/stock/7',
  answer: { count: 3 },
  tree: `
shop SERVER GET /stock/:id 200
  shop INTERNAL StockController.count
    shop CLIENT shop.Stock/Count OK
      shop SERVER shop.Stock/Count OK
        shop INTERNAL StockServer.count
          · info counting
`,
  line: 'counting',
};

const price: ExpectedTrace = {
  path: '/prices/7',
  answer: { price: 5 },
  tree: `
shop SERVER GET /prices/:id 200
  shop INTERNAL PriceController.find
    shop CLIENT {"cmd":"price"}
      shop SERVER {"cmd":"price"}
        shop INTERNAL PriceServer.price
          · info pricing
`,
  line: 'pricing',
};

const changed: ExpectedTrace = {
  path: '/prices/7',
  method: 'POST',
  answer: { changed: true },
  tree: `
shop SERVER POST /prices/:id 201
  shop INTERNAL PriceController.change
    shop PRODUCER price.changed
      shop CONSUMER price.changed
        shop INTERNAL PriceServer.changed
          · info noting the price
`,
  line: 'noting the price',
};
