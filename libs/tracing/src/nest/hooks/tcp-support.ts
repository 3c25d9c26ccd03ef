import type { DynamicModule } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { Unsubscribable } from 'rxjs';
import type { TracingApp } from '../../span/tracing-app.js';
import { clientPatches } from './client-patches.js';
import { loadOptional } from './load-optional.js';
import { loadRpcExceptions } from './trace-rpc-exceptions.js';
import { traceTcpClients } from './trace-tcp-clients.js';
import { traceTcpServer } from './trace-tcp-server.js';

type IsTcpServer = (server: object) => boolean;

let support: IsTcpServer | undefined;

export function hasTcpSupport(): boolean {
  return support !== undefined;
}

/** Carries nothing: Nest waits for it while it scans the modules, so before it makes any provider. */
export class TcpSupportModule {
  static async load(): Promise<DynamicModule> {
    support ??= await loadOptional('TCP', load);
    return {
      module: TcpSupportModule,
      // Read when Nest scans the modules.
      get providers() {
        return [clientPatches.scan()];
      },
    };
  }
}

async function load(): Promise<IsTcpServer> {
  const { ClientTCP, ServerTCP } = await import('@nestjs/microservices');
  clientPatches.add(() => traceTcpClients(ClientTCP.prototype));
  clientPatches.add(await loadRpcExceptions());
  return (server) => server instanceof ServerTCP;
}

/** Traces every TCP server of the app. */
export function traceTcpServers(
  modules: ModulesContainer,
  app: TracingApp,
): Unsubscribable | undefined {
  const isTcp = support;
  if (isTcp === undefined) return undefined;
  return modules.getRpcTargetRegistry<object>().subscribe((server) => {
    if (isTcp(server)) traceTcpServer(server, app);
  });
}
