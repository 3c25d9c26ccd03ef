type Body = (
  self: unknown,
  args: readonly unknown[],
  callSuper: (args: unknown[]) => unknown,
) => unknown;

/**
 * Methods of every kind of parameter list around one body. As members of an object literal they have
 * a `super`: that of the prototype which the literal is given.
 */
export function methodShell(key: string | symbol, parameters: number, home: object, body: Body) {
  const shells = [
    {
      [key](this: unknown) {
        return body(this, [], (args) => super[key](...args));
      },
    },
    {
      [key](this: unknown, a: unknown) {
        return body(this, [a], (args) => super[key](...args));
      },
    },
    {
      [key](this: unknown, a: unknown, b: unknown) {
        return body(this, [a, b], (args) => super[key](...args));
      },
    },
    {
      [key](this: unknown, a: unknown, b: unknown = 'default') {
        return body(this, [a, b], (args) => super[key](...args));
      },
    },
    {
      [key](this: unknown, ...rest: unknown[]) {
        return body(this, rest, (args) => super[key](...args));
      },
    },
    {
      [key](this: unknown, a: unknown = 1, ...rest: unknown[]) {
        return body(this, [a, ...rest], (args) => super[key](...args));
      },
    },
  ];
  const shell = shells[parameters] as Record<string | symbol, unknown>;
  Object.setPrototypeOf(shell, Object.getPrototypeOf(home) as object | null);
  return Object.getOwnPropertyDescriptor(shell, key) as PropertyDescriptor;
}
