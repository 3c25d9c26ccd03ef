import { AlwaysOffSampler } from '@opentelemetry/sdk-trace';
import { Logger } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { NestTracingApp } from '../../src/nest/nest-tracing-app.js';
import { ModuleTracers } from '../../src/nest/feature/module-tracers.js';
import { KnownScopes } from '../../src/sdk/known-scopes.js';
import type { Settings } from '../../src/options/settings.js';
import { SpanLedger } from './span-ledger.js';

/** The states in which an app may be while a decorated class is used, or none. */
export const states = {
  'every span is recorded': {},
  'there is no app': undefined,
  'the backend is none': { backend: 'none' },
  'nothing is sampled': { sampling: 0 },
  'tracing is dormant': { sampling: 'dormant' },
  'a sampler drops all': { sampling: new AlwaysOffSampler() },
} satisfies Record<string, Partial<Settings> | undefined>;

export interface TestApp {
  readonly ledger: SpanLedger;
  stop(): Promise<void>;
}

export function startTestApp(state: keyof typeof states): TestApp {
  Logger.overrideLogger(false); // functions of the random classes throw, which is told
  const settings: Partial<Settings> | undefined = states[state];
  const sampler = settings?.sampling;
  const ledger = new SpanLedger(typeof sampler === 'object' ? sampler : undefined);
  if (settings === undefined) return { ledger, stop: () => ledger.shutdown() };
  const defaults: Partial<Settings> = {
    service: 'test',
    backend: 'jaeger',
    sampling: 1,
    spanProcessors: [],
  };
  const app = new NestTracingApp(
    { ...defaults, ...settings } as Settings,
    {
      destination: settings.backend === 'none' ? undefined : 'memory',
      isExternal: false,
      tracerProvider: ledger.provider,
      knownScopes: new KnownScopes(),
      propagator: { inject: () => undefined, extract: (context) => context, fields: () => [] },
      shutdown: () => ledger.shutdown(),
    },
    new ModuleTracers(new ModulesContainer()),
  );
  return { ledger, stop: () => app.stop() };
}
