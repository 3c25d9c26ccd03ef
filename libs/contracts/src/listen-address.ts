const PORTS = { gateway: 3000, orders: 50051, inventory: 50052, payments: 50053 };

export type App = keyof typeof PORTS;

/** `GATEWAY_PORT`, `ORDERS_PORT`, ... */
export function portVariable(app: App): string {
  return `${app.toUpperCase()}_PORT`;
}

export function portOf(app: App): number {
  const variable = portVariable(app);
  const given = process.env[variable]?.trim();
  if (!given) return PORTS[app];
  const port = Number(given);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new Error(`${variable}=${given} is no port: expected a whole number from 1 to 65535.`);
}

/** Only this machine by default; `LISTEN_HOST=0.0.0.0` in a container. */
export function listenHost(): string {
  return process.env.LISTEN_HOST || '127.0.0.1';
}
