const hostile: ProxyHandler<object> = {
  get: refuse,
  has: refuse,
  ownKeys: refuse,
  getPrototypeOf: refuse,
  isExtensible: refuse,
  getOwnPropertyDescriptor: refuse,
  defineProperty: refuse,
};

const values = {
  undefined: () => undefined,
  null: () => null,
  number: () => 7,
  NaN: () => Number.NaN,
  text: (label: string) => `text ${label}`,
  boolean: () => false,
  bigint: () => 7n,
  symbol: () => Symbol.for('value'),
  object: (label: string) => ({ label }),
  'object without prototype': () => Object.create(null) as object,
  'frozen object': (label: string) => Object.freeze({ label }),
  function: (label: string) => () => label,
  array: () => [1, 2],
  'mixed array': () => [1, 'two', undefined],
  map: () => new Map([[1, 2]]),
  date: () => new Date(0),
  error: (label: string) => new Error(label),
  proxy: () => new Proxy({}, {}),
  'hostile proxy': () => new Proxy({}, hostile),
  /** As mocks and clients are that make a method of whatever they are asked for. */
  'proxy of methods': () =>
    new Proxy({}, { get: () => () => 'called', defineProperty: () => false }),
  'frozen thenable-like': () => Object.freeze({ then: 'no function' }),
};

export type ValueKind = keyof typeof values;
export const valueKinds = Object.keys(values) as ValueKind[];

export function makeValue(kind: ValueKind, label: string): unknown {
  return values[kind](label);
}

function refuse(): never {
  throw new Error('hands off');
}
