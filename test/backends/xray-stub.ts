import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { SegmentDocument } from './segment-document.ts';

/** Takes segment documents in place of AWS X-Ray (`PutTraceSegments`), and keeps them. */
export class XRayStub {
  /** As they came: JSON. */
  readonly received: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#take(request).then(([status, answer]) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer));
      });
    });
  }

  static async start(): Promise<XRayStub> {
    const stub = new XRayStub();
    stub.#server.listen(0, '127.0.0.1');
    await once(stub.#server, 'listening');
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get documents(): SegmentDocument[] {
    return this.received.map((text) => JSON.parse(text) as SegmentDocument);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage): Promise<[status: number, answer: object]> {
    const body = (await json(request)) as { TraceSegmentDocuments?: string[] };
    if (request.url !== '/TraceSegments') return [404, {}];
    this.received.push(...(body.TraceSegmentDocuments ?? []));
    return [200, { UnprocessedTraceSegments: [] }];
  }
}
