import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A request, and what its answer must be. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** JSON. */
  readonly body?: string;
  /** The start of the body of the answer. */
  readonly bodyStart: string;
}

/**
 * A connection that sends one request again and again. It does no more than that, so that the load takes
 * little CPU from the app under load.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  readonly #bodyStart: string;
  #received = '';
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket, request: Buffer, bodyStart: string) {
    this.#socket = socket;
    this.#request = request;
    this.#bodyStart = bodyStart;
    socket.setEncoding('latin1').on('data', (text: string) => this.#receive(text));
    socket.on('error', (error) => this.#settle?.reject(error));
    socket.on('close', () => this.#settle?.reject(new Error('The app closed a connection.')));
  }

  static async open(url: string, request: HttpRequest): Promise<HttpConnection> {
    const { hostname, port, host } = new URL(url);
    const socket = connect(Number(port), hostname).setNoDelay();
    await once(socket, 'connect');
    const { method, path, body = '' } = request;
    const content = body && `content-type: application/json\r\ncontent-length: ${body.length}\r\n`;
    const text = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n${content}\r\n${body}`;
    return new HttpConnection(socket, Buffer.from(text, 'latin1'), request.bodyStart);
  }

  /** Sends the request. Resolves when the whole answer has been received. @throws if the answer is wrong. */
  send(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(this.#request);
    });
  }

  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received += text;
    const body = this.#received.indexOf('\r\n\r\n') + 4;
    if (body < 4) return;
    const length = /content-length: (\d+)/i.exec(this.#received)?.[1] ?? NaN;
    if (this.#received.length < body + Number(length)) return;
    const answer = this.#received;
    this.#received = '';
    const isRight = answer.startsWith('HTTP/1.1 20') && answer.startsWith(this.#bodyStart, body);
    if (isRight) this.#settle?.resolve();
    else this.#settle?.reject(new Error(`The app sent a wrong answer: ${answer}`));
  }
}
