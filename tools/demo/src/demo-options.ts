import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DemoFault } from './demo-fault.ts';
import { LISTENERS } from './ports.ts';

export interface DemoOptions {
  /** End after the scenarios. */
  readonly once: boolean;
  /** Absolute path of the file that gets the traces. */
  readonly json: string | undefined;
  /** OTLP/gRPC receiver to send to, in place of the viewer. */
  readonly endpoint: string | undefined;
  /** Absolute path of the folder that gets what the services say. */
  readonly logs: string | undefined;
  /** Further variables of the services; `{service}` in a value stands for the service's name. */
  readonly env: Readonly<Record<string, string>>;
}

export const USAGE = `Usage: npm run demo [-- options]
  --once           end after the scenarios; exit status 0 if each showed what it must
  --json FILE      write the traces as OTLP JSON
  --endpoint URL   send to an OTLP/gRPC receiver that already runs, as http://127.0.0.1:4317;
                   no viewer is started
  --logs FOLDER    write what each service says to FOLDER/<service>.log
  --env NAME=VALUE a variable for the services, once for each; {service} in the value is the
                   service's name, as in --env TRACING_LOG_GROUPS=/shop/{service}
  --help           this text
Ports: GATEWAY_PORT, ORDERS_PORT, INVENTORY_PORT, PAYMENTS_PORT, VIEWER_PORT (its page),
OTLP_PORT (where the viewer takes OTLP/gRPC).`;

const SET_BY_DEMO = new Set([
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  ...Object.values(LISTENERS).map(({ variable }): string => variable),
]);

/**
 * @param folder What a relative `--json FILE` or `--logs FOLDER` is relative to.
 * @throws DemoFault that says what is right.
 */
export function parseDemoOptions(args: readonly string[], folder: string): DemoOptions | 'help' {
  const { values } = parsed(args);
  if (values.help) return 'help';
  if (values.json === '') throw wrong('--json needs the name of a file.');
  if (values.logs === '') throw wrong('--logs needs the name of a folder.');
  return {
    once: values.once ?? false,
    json: values.json === undefined ? undefined : resolve(folder, values.json),
    endpoint: values.endpoint === undefined ? undefined : endpointOf(values.endpoint),
    logs: values.logs === undefined ? undefined : resolve(folder, values.logs),
    env: Object.fromEntries((values.env ?? []).map(variableOf)),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean' },
        json: { type: 'string' },
        endpoint: { type: 'string' },
        logs: { type: 'string' },
        env: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function endpointOf(text: string): string {
  const url = URL.parse(text);
  // A password is nothing to print.
  const shown = JSON.stringify(text.replace(/^(\w+:\/\/)?.*@/s, '$1REDACTED@'));
  const expected = 'expected the URL of an OTLP/gRPC receiver, as http://127.0.0.1:4317.';
  if (!url || !url.hostname || !['http:', 'https:'].includes(url.protocol)) {
    throw wrong(`--endpoint ${shown} is no http or https URL; ${expected}`);
  }
  if (url.pathname !== '/' || url.search || url.hash || url.username) {
    throw wrong(
      `--endpoint ${shown} has more than host and port, which gRPC has no use for; ${expected}`,
    );
  }
  return url.origin;
}

function variableOf(text: string): [name: string, value: string] {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw wrong(`--env ${JSON.stringify(text)} is no NAME=VALUE.`);
  }
  if (SET_BY_DEMO.has(name)) {
    throw wrong(`--env ${name}: the demo sets that itself. Ports are moved by their variables.`);
  }
  return [name, value];
}

function wrong(message: string): DemoFault {
  return new DemoFault(`${message}\n\n${USAGE}`, 2);
}
