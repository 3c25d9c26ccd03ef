import { fileURLToPath } from 'node:url';
import { Child, plainEnvironment } from '../processes/child.ts';

/** Whose spans are measured: those of this library, and those of the stock SDK. */
export const SDKS = ['nestjs-tracing', 'stock'] as const;
export type SdkName = (typeof SDKS)[number];

/** Starts a script of `micro/processes`, which exports to a collector. */
export async function startMicro(
  script: string,
  collector: string,
  env: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
): Promise<Child> {
  const file = fileURLToPath(new URL(`../dist/micro/processes/${script}.js`, import.meta.url));
  const { child } = await Child.start(file, {
    env: {
      ...plainEnvironment(),
      OTEL_SERVICE_NAME: 'bench',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      ...env,
    },
    execArgv: [...nodeOptions],
  });
  return child;
}
