import { freePort } from '@shop/otlp/free-port';
import { BackendProcess } from './backend-process.ts';

/** Keys that every AWS SDK finds; the stub asks for none. */
const KEYS = { AWS_ACCESS_KEY_ID: 'nobody', AWS_SECRET_ACCESS_KEY: 'nothing' };

/** A real OpenTelemetry Collector with the awsxray exporter. */
export class Collector {
  /** Where it takes OTLP/gRPC. */
  readonly otlpGrpc: string;
  /** Where it takes OTLP/HTTP, if its configuration has that. */
  readonly otlpHttp: string;
  readonly #process: BackendProcess;

  private constructor(process: BackendProcess, grpc: string, http: string) {
    this.#process = process;
    this.otlpGrpc = `http://${grpc}`;
    this.otlpHttp = `http://${http}`;
  }

  /**
   * @param program Path of what test/backends/build.sh built.
   * @param config File with its configuration: where it listens, and what takes the segments, is put over it.
   * @param xray URL of what takes the segments.
   */
  static async start(program: string, config: string, xray: string): Promise<Collector> {
    const [grpc, http, health] = [await loopback(), await loopback(), await loopback()];
    const ours = {
      extensions: { health_check: { endpoint: health } },
      receivers: { otlp: { protocols: { grpc: { endpoint: grpc }, http: { endpoint: http } } } },
      // `local_mode`: it asks no EC2 for its region and its name.
      exporters: { awsxray: { region: 'us-east-1', endpoint: xray, local_mode: true } },
    };
    const process = await BackendProcess.start(
      program,
      ['--config', config, '--config', `yaml:${JSON.stringify(ours)}`],
      KEYS,
      `http://${health}/`,
    );
    return new Collector(process, grpc, http);
  }

  /** What it wrote, its warnings for instance. */
  get said(): string {
    return this.#process.said;
  }

  /** Ends it, once it has sent what it holds. */
  stop(): Promise<void> {
    return this.#process.stop();
  }
}

async function loopback(): Promise<string> {
  return `127.0.0.1:${await freePort()}`;
}
