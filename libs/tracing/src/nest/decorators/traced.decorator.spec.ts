import 'reflect-metadata';
import { expect, it } from 'vitest';
import { SpanAttribute } from './span-attribute.decorator.js';
import { Traced } from './traced.decorator.js';

/** As Nest's `SetMetadata` does. */
const Marked =
  (mark: string): MethodDecorator =>
  (_target, _key, descriptor) =>
    Reflect.defineMetadata('mark', mark, descriptor.value as object);
const wise = Symbol('wise');

class Owl {
  constructor(readonly name: string) {}

  @Marked('above')
  @Traced()
  @Marked('below')
  hoot(@SpanAttribute('times') times: number, _loud = false): string {
    return `${this.name} ${'hu'.repeat(times)}`;
  }

  @Traced()
  [wise](): boolean {
    return true;
  }

  @Traced()
  static of(name: string): Owl {
    return new this(name);
  }

  @Traced()
  fail(): never {
    throw undefined;
  }
}

it('rule 9: without the module a decorated method behaves as if undecorated', () => {
  const owl = Owl.of('Bubo');
  expect(owl.hoot(2)).toBe('Bubo huhu');
  expect(owl[wise]()).toBe(true);
  let caught: unknown = 'nothing';
  try {
    owl.fail();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeUndefined();
});

it('rule 5: name, length and metadata survive, whatever the order of decorators', () => {
  const { hoot } = Owl.prototype;
  expect([hoot.name, hoot.length]).toEqual(['hoot', 1]);
  expect(Reflect.getMetadata('mark', hoot)).toBe('above');
  class Below {
    @Traced()
    @Marked('below')
    go(): void {}
  }
  expect(Reflect.getMetadata('mark', Below.prototype.go)).toBe('below');
});

it('an inherited and an overridden method keep `this` and `super`', () => {
  class Barn extends Owl {
    @Traced()
    override hoot(times: number): string {
      return `${super.hoot(times)}!`;
    }
  }
  expect(new Barn('Tyto').hoot(1)).toBe('Tyto hu!');
});
