import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

/** A connection to an app on which a test writes HTTP/1.1 itself. */
export class RawConnection {
  received = '';
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => (this.received += text));
    // A connection that is closed upon it may be reset.
    socket.on('error', () => {});
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** Writes the head of a request. */
  head(lines: readonly string[]): void {
    this.write(`${lines.join('\r\n')}\r\n\r\n`);
  }

  write(text: string): void {
    this.#socket.write(text);
  }

  async receives(isThere: (text: string) => boolean): Promise<string> {
    while (!isThere(this.received)) {
      await once(this.#socket, 'data', { signal: AbortSignal.timeout(10_000) });
    }
    return this.received;
  }

  close(): void {
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
