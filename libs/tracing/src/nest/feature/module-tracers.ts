import type { ModulesContainer } from '@nestjs/core';
import { STATIC_CONTEXT } from '@nestjs/core/injector/constants.js';
import { PACKAGE_NAMES } from '../tokens.js';
import type { ModuleTracer } from '../../span/tracing-app.js';

type NestModule = ReturnType<ModulesContainer['values']> extends Iterable<infer M> ? M : never;
type Wrapper = ReturnType<NestModule['providers']['values']> extends Iterable<infer W> ? W : never;

/** Where a class is provided: one Nest module. */
interface Place extends ModuleTracer {
  readonly module: NestModule;
  /** By which of its providers: several may have one class. */
  readonly wrappers: Wrapper[];
}

/** Which package a class or an instance belongs to: that of the Nest module which provides it. */
export class ModuleTracers {
  private places = new WeakMap<Function, Place[]>();
  /** What factories and transient providers have made. */
  private made = new WeakMap<object, Place>();
  /** What may be a factory that has made nothing yet. */
  private pending: (readonly [Wrapper, Place])[] = [];
  private modulesSeen = 0;
  /** Modules of which everything is made that is not made anew for each request. */
  private readonly started = new WeakSet<NestModule>();

  constructor(private readonly modules: ModulesContainer) {}

  get(type: Function, instance?: object): ModuleTracer | undefined {
    const places = this.placesOf(type);
    const [first] = places;
    if (instance === undefined || (first !== undefined && isSameForAll(places))) return first;
    // What a factory made may have a class that no module names.
    return this.placeOf(instance, places) ?? first;
  }

  /** Known of every instance but those of one request. */
  hasMade(instance: object): boolean {
    return this.placeOf(instance, this.placesOf(instance.constructor)) !== undefined;
  }

  /** What is known may be out of date: a module has got a tracer. */
  forget(): void {
    this.modulesSeen = 0;
  }

  /** All modules that there are have their instances. */
  start(): void {
    for (const module of this.modules.values()) this.started.add(module);
    this.forget();
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
      const name = packageName(module);
      for (const [token, wrapper] of wrappersOf(module)) {
        const place = this.add(wrapper.metatype, name, module, wrapper);
        this.add(token, name, module, wrapper); // what a factory makes is provided under its class
        // An alias has what another module may have made.
        if (wrapper.isNotMetatype && !wrapper.isAlias) {
          this.pending.push([wrapper, place ?? { name, module, wrappers: [wrapper] }]);
        }
      }
    }
  }

  /** Values are there at once; what factories make, only later. */
  private noteMade(): void {
    if (this.pending.length === 0) return;
    this.pending = this.pending.filter(([wrapper, place]) => {
      const { instance: made } = wrapper;
      if (typeof made === 'object' && made !== null) this.made.set(made, place);
      return (made === undefined || made === null) && !this.isDone(wrapper, place.module);
    });
  }

  private add(
    type: unknown,
    name: string | undefined,
    module: NestModule,
    wrapper: Wrapper,
  ): Place | undefined {
    if (typeof type !== 'function') return undefined;
    let places = this.places.get(type);
    if (places === undefined) this.places.set(type, (places = []));
    let place = places.find((one) => one.module === module);
    if (place === undefined) places.push((place = { name, module, wrappers: [] }));
    if (!place.wrappers.includes(wrapper)) place.wrappers.push(wrapper);
    return place;
  }

  /** Only where it is expensive to find is the answer kept: most instances are short-lived. */
  private placeOf(instance: object, places: readonly Place[]): Place | undefined {
    this.noteMade();
    const known = this.made.get(instance);
    if (known !== undefined) return known;
    for (const place of places) {
      for (const wrapper of place.wrappers) {
        if (wrapper.instance === instance) return place;
        if (!wrapper.isTransient || !hasMadeTransient(wrapper, instance)) continue;
        this.made.set(instance, place);
        return place;
      }
    }
    return undefined;
  }

  /** Whether a provider has made its instance, or makes one for each request, which Nest shows to nobody. */
  private isDone(wrapper: Wrapper, module: NestModule): boolean {
    return (
      this.started.has(module) || wrapper.getInstanceByContextId(STATIC_CONTEXT).isResolved === true
    );
  }
}

function isSameForAll(places: readonly Place[]): boolean {
  return places.length === 1 || places.every(({ name }) => name === places[0]?.name);
}

function hasMadeTransient(wrapper: Wrapper, instance: object): boolean {
  return wrapper.getStaticTransientInstances().some((host) => host?.instance === instance);
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
