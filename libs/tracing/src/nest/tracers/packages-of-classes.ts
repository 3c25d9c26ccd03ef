import type { ModulesContainer } from '@nestjs/core';
import type { Package } from '../../span/tracing-app.js';
import { PACKAGE_NAMES } from '../tokens.js';

type NestModule = ReturnType<ModulesContainer['values']> extends Iterable<infer M> ? M : never;
type Wrapper = ReturnType<NestModule['providers']['values']> extends Iterable<infer W> ? W : never;

interface Place extends Package {
  readonly module: NestModule;
}

/** Which package a class or an instance belongs to: that of the Nest module which provides it. */
export class PackagesOfClasses {
  private places = new WeakMap<Function, Place[]>();
  private made = new WeakMap<object, Place>();
  /** What may be a factory that has made nothing yet. */
  private pending: (readonly [Wrapper, Place])[] = [];
  private modulesSeen = 0;

  constructor(private readonly modules: ModulesContainer) {}

  get(type: Function, instance?: object): Package | undefined {
    const places = this.placesOf(type);
    const [first] = places;
    if (instance === undefined) return first;
    // What a factory made has a class that no module names.
    if (first === undefined) return this.madeByFactory(instance);
    if (places.every(({ name }) => name === first.name)) return first;
    return this.placeOf(instance, places) ?? first;
  }

  /** Known of every instance but those of one request. */
  hasMade(instance: object): boolean {
    return this.placeOf(instance, this.placesOf(instance.constructor)) !== undefined;
  }

  /** What is known may be out of date: a module has got a tracer, or its instances. */
  forget(): void {
    this.modulesSeen = 0;
  }

  private placesOf(type: Function): readonly Place[] {
    if (this.modules.size !== this.modulesSeen) this.look();
    return this.places.get(type) ?? [];
  }

  private look(): void {
    this.modulesSeen = this.modules.size;
    this.places = new WeakMap();
    this.made = new WeakMap();
    this.pending = [];
    for (const module of this.modules.values()) {
      const place = { name: packageName(module), module };
      for (const [token, wrapper] of wrappersOf(module)) {
        this.add(wrapper.metatype, place);
        this.add(token, place); // what a factory makes is provided under its class
        // An alias has what another module may have made.
        if (wrapper.isNotMetatype && !wrapper.isAlias) this.pending.push([wrapper, place]);
      }
    }
    this.noteMade();
  }

  private madeByFactory(instance: object): Place | undefined {
    this.noteMade();
    return this.made.get(instance);
  }

  /** Values are there at once; what factories make, only later. */
  private noteMade(): void {
    this.pending = this.pending.filter(([{ instance: made }, place]) => {
      if (typeof made === 'object' && made !== null) this.made.set(made, place);
      return made === undefined || made === null;
    });
  }

  private add(type: unknown, place: Place): void {
    if (typeof type !== 'function') return;
    const places = this.places.get(type) ?? [];
    if (!places.includes(place)) this.places.set(type, [...places, place]);
  }

  private placeOf(instance: object, places: readonly Place[]): Place | undefined {
    let place = this.made.get(instance);
    if (place === undefined) {
      place = places.find(({ module }) => isMadeBy(module, instance));
      if (place !== undefined) this.made.set(instance, place);
    }
    return place;
  }
}

function isMadeBy(module: NestModule, instance: object): boolean {
  return wrappersOf(module).some(
    ([, wrapper]) =>
      wrapper.instance === instance ||
      [...wrapper.getStaticTransientInstances()].some((host) => host?.instance === instance),
  );
}

function wrappersOf({ providers, injectables, controllers }: NestModule): [unknown, Wrapper][] {
  return [...providers, ...injectables, ...controllers];
}

function packageName(module: NestModule): string | undefined {
  for (const { providers } of module.imports) {
    const names = providers.get(PACKAGE_NAMES)?.instance as readonly string[] | undefined;
    if (names?.[0] !== undefined) return names[0];
  }
  return undefined;
}
