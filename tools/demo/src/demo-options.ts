import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DemoFault } from './demo-fault.ts';

export interface DemoOptions {
  /** End after the scenarios. */
  readonly once: boolean;
  /** Absolute path of the file that gets the traces. */
  readonly json: string | undefined;
  /** OTLP/gRPC receiver to send to, in place of the viewer. */
  readonly endpoint: string | undefined;
}

export const USAGE = `Usage: npm run demo [-- options]
  --once           end after the scenarios; exit status 0 if each showed what it must
  --json FILE      write the traces as OTLP JSON
  --endpoint URL   send to an OTLP/gRPC receiver that already runs, as http://127.0.0.1:4317;
                   no viewer is started
  --help           this text
Ports: GATEWAY_PORT, ORDERS_PORT, INVENTORY_PORT, PAYMENTS_PORT, VIEWER_PORT (its page),
OTLP_PORT (where the viewer takes OTLP/gRPC).`;

/**
 * @param folder What a relative `--json FILE` is relative to.
 * @throws DemoFault that says what is right.
 */
export function parseDemoOptions(args: readonly string[], folder: string): DemoOptions | 'help' {
  const { values } = parsed(args);
  if (values.help) return 'help';
  if (values.json === '') throw wrong('--json needs the name of a file.');
  return {
    once: values.once ?? false,
    json: values.json === undefined ? undefined : resolve(folder, values.json),
    endpoint: values.endpoint === undefined ? undefined : endpointOf(values.endpoint),
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
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function endpointOf(text: string): string {
  const url = URL.parse(text);
  const expected = 'expected the URL of an OTLP/gRPC receiver, as http://127.0.0.1:4317.';
  if (!url || !url.hostname || !['http:', 'https:'].includes(url.protocol)) {
    throw wrong(`--endpoint ${JSON.stringify(text)} is no http or https URL; ${expected}`);
  }
  if (url.pathname !== '/' || url.search || url.hash || url.username) {
    throw wrong(
      `--endpoint ${JSON.stringify(text)} has more than host and port, which gRPC has no use for; ${expected}`,
    );
  }
  return url.origin;
}

function wrong(message: string): DemoFault {
  return new DemoFault(`${message}\n\n${USAGE}`, 2);
}
