export interface Product {
  sku: string;
  priceCents: number;
  shelf: string;
  isHeavy?: boolean;
}

export const CATALOGUE: readonly Product[] = [
  { sku: 'teapot', priceCents: 2_500, shelf: 'kitchen' },
  { sku: 'teacup', priceCents: 700, shelf: 'kitchen' },
  { sku: 'grand-piano', priceCents: 1_200_000, shelf: 'hall', isHeavy: true },
  // Nobody has seen its shelf since: ordering one crashes.
  { sku: 'haunted-mirror', priceCents: 6_660, shelf: 'cellar' },
];

export const SHELVES: ReadonlyMap<string, { row: number }> = new Map([
  ['kitchen', { row: 3 }],
  ['hall', { row: 1 }],
]);
