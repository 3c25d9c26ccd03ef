import { DemoFault } from './demo-fault.ts';

/** Whoever listens, the variable that moves it, and where it listens otherwise. */
export const LISTENERS = {
  gateway: { variable: 'GATEWAY_PORT', port: 3000, what: 'the gateway' },
  orders: { variable: 'ORDERS_PORT', port: 50051, what: 'orders' },
  inventory: { variable: 'INVENTORY_PORT', port: 50052, what: 'inventory' },
  payments: { variable: 'PAYMENTS_PORT', port: 50053, what: 'payments' },
  viewer: { variable: 'VIEWER_PORT', port: 4318, what: "the viewer's page" },
  otlp: { variable: 'OTLP_PORT', port: 4317, what: "the viewer's OTLP/gRPC" },
} as const;

export type Listener = keyof typeof LISTENERS;
export type Ports = Readonly<Record<Listener, number>>;

/**
 * The ports, as the variables have them.
 *
 * @param listeners Those that will run: what is wrong with the others does not matter.
 * @throws DemoFault that names every variable that holds no port, or one that another one has.
 */
export function readPorts(env: NodeJS.ProcessEnv, listeners: readonly Listener[]): Ports {
  const faults: string[] = [];
  const taken = new Map<number, string>();
  const ports = Object.fromEntries(
    Object.entries(LISTENERS).map(([name, { port }]) => [name, port]),
  ) as Record<Listener, number>;
  for (const name of listeners) {
    const { variable, port: usual } = LISTENERS[name];
    const text = env[variable]?.trim() || String(usual);
    const port = /^\d+$/.test(text) ? Number(text) : 0;
    if (port < 1 || port > 65535) {
      faults.push(
        `${variable}=${text} is no port: expected a whole number from 1 to 65535, or nothing for ${usual}.`,
      );
      continue;
    }
    const other = taken.get(port);
    if (other) faults.push(`${other} and ${variable} are both ${port}: each needs its own.`);
    taken.set(port, variable);
    ports[name] = port;
  }
  if (faults.length) throw new DemoFault(faults.join('\n'), 2);
  return ports;
}
