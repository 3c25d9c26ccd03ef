import type { Attributes } from '@opentelemetry/api';
import type { RpcConventions } from '../settings/settings.js';
import { remember } from '../span/remember.js';

/** Keeps the attributes that a text stands for, which differ by the conventions that are asked for. */
export function rememberByConventions(
  ask: (key: string, conventions: RpcConventions) => Attributes,
): (key: string, conventions: RpcConventions) => Attributes {
  const remembered = {
    old: remember((key) => ask(key, 'old')),
    new: remember((key) => ask(key, 'new')),
    dup: remember((key) => ask(key, 'dup')),
  };
  return (key, conventions) => remembered[conventions](key);
}
