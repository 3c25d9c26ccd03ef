import type { ModulesContainer } from '@nestjs/core';
import type { Package } from '../span/tracing-app.js';
import { PACKAGE_NAMES } from './tokens.js';

type NestModule = ReturnType<ModulesContainer['values']> extends Iterable<infer M> ? M : never;
type Wrapper = ReturnType<NestModule['providers']['values']> extends Iterable<infer W> ? W : never;

interface Place extends Package {
  readonly module: NestModule;
}

/** Which package a class belongs to: that of the Nest module which provides it. */
export class PackagesOfClasses {
  private readonly places = new WeakMap<Function, Place[]>();
  private readonly made = new WeakMap<object, Place>();
  private modulesSeen = 0;

  constructor(private readonly modules: ModulesContainer) {}

  get(type: Function, instance?: object): Package | undefined {
    const places = this.placesOf(type);
    const [first] = places;
    if (instance === undefined || places.every(({ name }) => name === first?.name)) return first;
    return this.placeOf(instance) ?? first;
  }

  /** Known of every instance but those of one request. */
  hasMade(instance: object): boolean {
    return this.placeOf(instance) !== undefined;
  }

  private placesOf(type: Function): readonly Place[] {
    const places = this.places.get(type);
    if (places !== undefined || this.modules.size === this.modulesSeen) return places ?? [];
    this.look(); // at first, and when a module was loaded lazily
    return this.places.get(type) ?? [];
  }

  private look(): void {
    this.modulesSeen = this.modules.size;
    for (const module of this.modules.values()) {
      const place = { name: packageName(module), module };
      for (const type of classesOf(module)) {
        const places = this.places.get(type) ?? [];
        if (places.every((known) => known.module !== module)) places.push(place);
        this.places.set(type, places);
      }
    }
  }

  private placeOf(instance: object): Place | undefined {
    const known = this.made.get(instance);
    if (known !== undefined) return known;
    const place = this.placesOf(instance.constructor).find(({ module }) => made(module, instance));
    if (place !== undefined) this.made.set(instance, place);
    return place;
  }
}

function* classesOf(module: NestModule): Iterable<Function> {
  for (const [token, { metatype }] of wrappersOf(module)) {
    if (typeof metatype === 'function') yield metatype;
    // What a factory makes is provided under its class.
    if (typeof token === 'function') yield token;
  }
}

function made(module: NestModule, instance: object): boolean {
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
  // Known by what they provide: the other build of this package has a feature module of its own.
  for (const { providers } of module.imports) {
    const names = providers.get(PACKAGE_NAMES)?.instance as readonly string[] | undefined;
    if (names?.[0] !== undefined) return names[0];
  }
  return undefined;
}
