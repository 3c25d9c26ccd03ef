import { OtlpClient } from './otlp-client.ts';

/**
 * Sends a request without spans, which every OTLP/gRPC receiver has to take.
 *
 * @throws what went wrong, where nothing there speaks OTLP/gRPC.
 */
export async function probeEndpoint(endpoint: string, timeoutMs = 3_000): Promise<void> {
  const client = new OtlpClient(endpoint);
  try {
    await client.export(Buffer.alloc(0), timeoutMs);
  } finally {
    client.close();
  }
}
