import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Reads the files of the TLS variables, which the exporter reads itself otherwise. */
export function readCertificates(): Record<'ca' | 'cert' | 'key', Buffer | undefined> {
  return {
    ca: readFile('CERTIFICATE'),
    cert: readFile('CLIENT_CERTIFICATE'),
    key: readFile('CLIENT_KEY'),
  };
}

function readFile(name: string): Buffer | undefined {
  const path =
    variable(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? variable(`OTEL_EXPORTER_OTLP_${name}`);
  if (path === undefined) return undefined;
  try {
    return readFileSync(resolve(path));
  } catch {
    return undefined; // the exporter has warned of it
  }
}

/** Returns a variable; undefined if it is not set, or empty. */
function variable(name: string): string | undefined {
  const value = process.env[name]?.trim();
  return value === '' ? undefined : value;
}
