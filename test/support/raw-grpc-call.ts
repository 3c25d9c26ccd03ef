import { connect, type OutgoingHttpHeaders } from 'node:http2';

export interface RawAnswer {
  readonly status: string | undefined;
  readonly text: string;
}

/**
 * A call over plain HTTP/2, with headers that a gRPC client need not send. Of the messages, one each
 * way, which have one text, it writes and reads the bytes itself.
 */
export async function rawGrpcCall(
  address: string,
  path: string,
  text: string,
  headers: OutgoingHttpHeaders = {},
): Promise<RawAnswer> {
  const session = connect(`http://${address}`);
  try {
    return await new Promise((resolve, reject) => {
      session.on('error', reject);
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...headers,
      });
      const chunks: Buffer[] = [];
      let status: string | undefined;
      const seeStatus = (sent: OutgoingHttpHeaders): void => {
        status ??= sent['grpc-status']?.toString();
      };
      stream.on('response', seeStatus).on('trailers', seeStatus).on('error', reject);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('close', () => {
        // Five bytes of gRPC, the number of the field, and a length of one byte.
        resolve({ status, text: Buffer.concat(chunks).subarray(7).toString() });
      });
      const message = Buffer.from([0x0a, text.length, ...Buffer.from(text)]);
      stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]));
    });
  } finally {
    session.close();
  }
}
