import type { ModulesContainer } from '@nestjs/core';
import { TracingFeatureModule } from './feature.module.js';
import { PACKAGE_NAMES } from './tokens.js';

/** Which package a class belongs to: that of the Nest module which provides it. */
export type PackagesOfClasses = WeakMap<Function, { readonly name: string | undefined }>;

export function packagesOfClasses(modules: ModulesContainer): PackagesOfClasses {
  const packages: PackagesOfClasses = new WeakMap();
  for (const module of modules.values()) {
    const name = packageName(module);
    for (const kind of [module.providers, module.injectables, module.controllers]) {
      for (const { metatype } of kind.values()) {
        if (typeof metatype === 'function') packages.set(metatype, { name });
      }
    }
  }
  return packages;
}

type NestModule = ReturnType<ModulesContainer['values']> extends Iterable<infer M> ? M : never;

function packageName(module: NestModule): string | undefined {
  for (const { metatype, providers } of module.imports) {
    if (metatype !== TracingFeatureModule) continue;
    const names = providers.get(PACKAGE_NAMES)?.instance as readonly string[] | undefined;
    if (names?.[0] !== undefined) return names[0];
  }
  return undefined;
}
