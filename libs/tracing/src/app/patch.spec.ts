import { expect, it } from 'vitest';
import { patch, patchProperty } from './patch.js';

class Greeter {
  greet(): string {
    return 'hello';
  }
}

type Greet = (this: Greeter) => string;

/** What an object has of its own, and how. */
const own = (target: object): object => Object.getOwnPropertyDescriptors(target);
const loud = (greet: Greet): Greet =>
  function (this: Greeter) {
    return `${greet.call(this)}!`;
  };

it('rule 36: a method is as it was once all who have replaced it have given that up', () => {
  const before = own(Greeter.prototype);
  const undos = [1, 2].map(() => patch(Greeter.prototype, 'greet', loud));
  const greeter = new Greeter();
  expect(greeter.greet()).toBe('hello!');
  undos[0]?.();
  undos[0]?.();
  expect(greeter.greet()).toBe('hello!');
  undos[1]?.();
  expect(greeter.greet()).toBe('hello');
  expect(own(Greeter.prototype)).toEqual(before);
  expect(Reflect.ownKeys(Greeter.prototype)).toEqual(['constructor', 'greet']);
});

it('rule 36: an inherited member is inherited again, and a missing one is missing', () => {
  const greeter = new Greeter();
  const undos = [
    patch(greeter, 'greet', loud),
    patchProperty(greeter, 'name', () => ({ get: () => 'Ada' })),
  ];
  expect([greeter.greet(), Reflect.get(greeter, 'name')]).toEqual(['hello!', 'Ada']);
  for (const undo of undos) undo();
  expect(Reflect.ownKeys(greeter)).toEqual([]);
});

it('what a third party has put around a replacement stays, and is not replaced twice', () => {
  const greeter = new Greeter();
  const undo = patch(greeter, 'greet', loud);
  const { greet } = greeter;
  greeter.greet = () => `(${greet.call(greeter)})`;
  undo();
  expect(greeter.greet()).toBe('(hello!)');
  const undoNext = patch(greeter, 'greet', loud);
  expect(greeter.greet()).toBe('(hello!)');
  greeter.greet = greet;
  undoNext();
  expect(greeter.greet()).toBe('hello');
});
