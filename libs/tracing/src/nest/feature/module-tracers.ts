import type { ModulesContainer } from '@nestjs/core';
import { STATIC_CONTEXT } from '@nestjs/core/injector/constants.js';
import { FEATURE_NAMES } from '../tokens.js';
import type { ModuleTracer } from '../../span/tracing-app.js';

type NestModule = ReturnType<ModulesContainer['values']> extends Iterable<infer M> ? M : never;
type Wrapper = ReturnType<NestModule['providers']['values']> extends Iterable<infer W> ? W : never;

/** A Nest module that provides a class. */
interface Owner extends ModuleTracer {
  readonly module: NestModule;
  /** The providers of the module that have the class. */
  readonly wrappers: Wrapper[];
}

/** Finds the tracer of a class or an instance: that of the Nest module that provides it. */
export class ModuleTracers {
  private owners = new WeakMap<Function, Owner[]>();
  /** The owners of instances that factories and transient providers have created. */
  private created = new WeakMap<object, Owner>();
  /** Factories that may not have created their instance yet. */
  private pending: (readonly [Wrapper, Owner])[] = [];
  private modulesRead = 0;
  /** Modules whose instances have all been created, except request-scoped ones. */
  private readonly started = new WeakSet<NestModule>();

  constructor(private readonly modules: ModulesContainer) {}

  get(type: Function, instance?: object): ModuleTracer | undefined {
    const owners = this.ownersOf(type);
    const [first] = owners;
    if (instance === undefined || (first !== undefined && isSameForAll(owners))) return first;
    // The instance of a factory may have a class that no module lists.
    return this.ownerOf(instance, owners) ?? first;
  }

  /** Whether a module created the instance. Request-scoped instances are not known. */
  hasCreated(instance: object): boolean {
    return this.ownerOf(instance, this.ownersOf(instance.constructor)) !== undefined;
  }

  /** Call this when a module has received a tracer: the modules are read again. */
  forget(): void {
    this.modulesRead = 0;
  }

  /** Call this when the instances of all modules have been created. */
  start(): void {
    for (const module of this.modules.values()) this.started.add(module);
    this.forget();
  }

  private ownersOf(type: Function): readonly Owner[] {
    if (this.modules.size !== this.modulesRead) this.readModules();
    return this.owners.get(type) ?? [];
  }

  private readModules(): void {
    this.modulesRead = this.modules.size;
    this.owners = new WeakMap();
    this.created = new WeakMap();
    this.pending = [];
    for (const module of this.modules.values()) {
      const name = featureName(module);
      for (const [token, wrapper] of wrappersOf(module)) {
        const owner = this.add(wrapper.metatype, name, module, wrapper);
        this.add(token, name, module, wrapper); // the token of a factory is often the class of its instance
        // The instance of an alias may belong to another module.
        if (wrapper.isNotMetatype && !wrapper.isAlias) {
          this.pending.push([wrapper, owner ?? { name, module, wrappers: [wrapper] }]);
        }
      }
    }
  }

  /** Values exist from the beginning; the instances of factories do not. */
  private collectCreated(): void {
    if (this.pending.length === 0) return;
    this.pending = this.pending.filter(([wrapper, owner]) => {
      const { instance: created } = wrapper;
      if (typeof created === 'object' && created !== null) this.created.set(created, owner);
      return (created === undefined || created === null) && !this.isDone(wrapper, owner.module);
    });
  }

  private add(
    type: unknown,
    name: string | undefined,
    module: NestModule,
    wrapper: Wrapper,
  ): Owner | undefined {
    if (typeof type !== 'function') return undefined;
    let owners = this.owners.get(type);
    if (owners === undefined) this.owners.set(type, (owners = []));
    let owner = owners.find((one) => one.module === module);
    if (owner === undefined) owners.push((owner = { name, module, wrappers: [] }));
    if (!owner.wrappers.includes(wrapper)) owner.wrappers.push(wrapper);
    return owner;
  }

  /** Caches the owner only where it is expensive to find, since most instances are short-lived. */
  private ownerOf(instance: object, owners: readonly Owner[]): Owner | undefined {
    this.collectCreated();
    const known = this.created.get(instance);
    if (known !== undefined) return known;
    for (const owner of owners) {
      for (const wrapper of owner.wrappers) {
        if (wrapper.instance === instance) return owner;
        if (!wrapper.isTransient || !hasCreatedTransient(wrapper, instance)) continue;
        this.created.set(instance, owner);
        return owner;
      }
    }
    return undefined;
  }

  /** Whether a provider has created its instance, or creates one per request, which cannot be looked up. */
  private isDone(wrapper: Wrapper, module: NestModule): boolean {
    return (
      this.started.has(module) || wrapper.getInstanceByContextId(STATIC_CONTEXT).isResolved === true
    );
  }
}

function isSameForAll(owners: readonly Owner[]): boolean {
  return owners.length === 1 || owners.every(({ name }) => name === owners[0]?.name);
}

function hasCreatedTransient(wrapper: Wrapper, instance: object): boolean {
  return wrapper.getStaticTransientInstances().some((host) => host?.instance === instance);
}

function wrappersOf({ providers, injectables, controllers }: NestModule): [unknown, Wrapper][] {
  return [...providers, ...injectables, ...controllers];
}

function featureName(module: NestModule): string | undefined {
  for (const { providers } of module.imports) {
    const names = providers.get(FEATURE_NAMES)?.instance as readonly string[] | undefined;
    if (names?.[0] !== undefined) return names[0];
  }
  return undefined;
}
