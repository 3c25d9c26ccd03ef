import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { services } from './deployments.ts';

interface Service {
  readonly profiles: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly depends_on: Readonly<Record<string, object>>;
}

const root = new URL('../../', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
};

it('every service has a profile, and .env says which is up by default', () => {
  const names = (profile: string): Set<string> => {
    const entries = Object.entries(compose.services);
    return new Set(
      entries.filter(([, { profiles }]) => profiles.join() === profile).map(([name]) => name),
    );
  };
  expect(parseEnv(read('.env'))).toEqual({ COMPOSE_PROFILES: 'jaeger' });
  expect(names('jaeger')).toEqual(new Set(['jaeger', ...services]));
  expect(names('xray')).toEqual(new Set(['collector', ...services.map((name) => `${name}-xray`)]));
});

it.each(services)('%s is the same with X-Ray, but for where it sends and whom it calls', (name) => {
  const { environment, depends_on: needs, ...rest } = compose.services[name]!;
  const twin = compose.services[`${name}-xray`]!;
  const theirs = (other: string): string => (other === 'jaeger' ? 'collector' : `${other}-xray`);
  const urls = Object.entries(environment).map(([key, value]) =>
    key.endsWith('_URL') ? [key, value.replace(/^(\w+):/, '$1-xray:')] : [key, value],
  );
  expect(twin).toEqual({
    ...rest,
    profiles: ['xray'],
    environment: {
      ...Object.fromEntries(urls),
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4317',
      TRACING_BACKEND: 'xray',
    },
    depends_on: Object.fromEntries(
      Object.entries(needs).map(([other, condition]) => [theirs(other), condition]),
    ),
  });
});
