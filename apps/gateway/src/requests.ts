import { count, listOf, object, text } from './checks.js';

export const placeRequest = object({ sku: text, quantity: count, card: text });

export interface DeliverRequest {
  supplier: string;
  lines: { sku: string; quantity: number }[];
}

export const deliverRequest = object({
  supplier: text,
  lines: listOf(object({ sku: text, quantity: count })),
});

export interface HaggleRequest {
  sku: string;
  /** In cents. */
  offers: number[];
}

export const haggleRequest = object({ sku: text, offers: listOf(count) });
