/** The type of the message in which a server says when a call may be tried again. */
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

/**
 * Reads the delay, in milliseconds, from the `grpc-status-details-bin` metadata of a failed call. Undefined
 * if the server has sent none, or something that cannot be read.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-throttling
 */
export function retryDelayOf(status: Uint8Array): number | undefined {
  try {
    for (const detail of messagesIn(status, 3)) {
      const [type] = messagesIn(detail, 1);
      const [info] = messagesIn(detail, 2);
      if (type === undefined || info === undefined) continue;
      if (new TextDecoder().decode(type) !== RETRY_INFO) continue;
      const [duration] = messagesIn(info, 1);
      return duration === undefined ? 0 : millisecondsOf(duration);
    }
  } catch {
    // It ends within a field.
  }
  return undefined;
}

/** A field of a protobuf message. */
interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/** @see https://protobuf.dev/reference/protobuf/google.protobuf/#duration */
function millisecondsOf(duration: Uint8Array): number {
  let milliseconds = 0;
  for (const { number, value } of fieldsOf(duration)) {
    if (typeof value !== 'number') continue;
    if (number === 1) milliseconds += value * 1000;
    if (number === 2) milliseconds += value / 1e6;
  }
  return milliseconds;
}

function messagesIn(message: Uint8Array, number: number): Uint8Array[] {
  return [...fieldsOf(message)].flatMap((field) =>
    field.number === number && typeof field.value !== 'number' ? [field.value] : [],
  );
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

function* fieldsOf(message: Uint8Array): Iterable<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('the message ends within a number');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const number = tag >>> 3;
    const wireType = tag & 7;
    if (wireType === VARINT) {
      yield { number, value: varint() };
    } else if (wireType === LENGTH_DELIMITED) {
      const length = varint();
      if (at + length > message.length) throw new RangeError('the message ends within a field');
      yield { number, value: message.subarray(at, (at += length)) };
    } else {
      throw new RangeError(`unexpected wire type ${wireType}`);
    }
  }
}
