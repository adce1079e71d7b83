/** What an answer of success left out. */
export interface PartialSuccess {
  rejected: number;
  message: string;
}

const MAX_MESSAGE = 200;

/**
 * Reads how many items the backend rejected in an answer of success, and why. The answer's form is
 * told by its first byte, not by its content type: OneUptime answers JSON to protobuf too.
 *
 * @returns undefined when nothing was rejected, or the answer is garbage: the export was taken.
 */
export function readPartialSuccess(body: Buffer | undefined): PartialSuccess | undefined {
  if (body === undefined || body.length === 0) return undefined;
  try {
    const { rejected, message } = body[0] === PARTIAL_SUCCESS ? fromProtobuf(body) : fromJson(body);
    return Number.isSafeInteger(rejected) && rejected > 0
      ? { rejected, message: message.slice(0, MAX_MESSAGE) }
      : undefined;
  } catch {
    return undefined;
  }
}

function fromJson(body: Buffer): PartialSuccess {
  const { partialSuccess } = JSON.parse(body.toString('utf8')) as {
    partialSuccess?: Record<string, unknown>;
  };
  const { rejectedSpans, rejectedDataPoints, rejectedLogRecords, errorMessage } =
    partialSuccess ?? {};
  const rejected = Number(rejectedSpans ?? rejectedDataPoints ?? rejectedLogRecords ?? 0);
  return { rejected, message: String(errorMessage ?? '') };
}

/** Tags of protobuf: field number and wire type. The same in the answers of all three signals. */
const PARTIAL_SUCCESS = 0x0a;
const REJECTED = 0x08;
const ERROR_MESSAGE = 0x12;

function fromProtobuf(body: Buffer): PartialSuccess {
  const outer = { body, at: 1 };
  const inner = { body: readBytes(outer), at: 0 };
  const result: PartialSuccess = { rejected: 0, message: '' };
  while (inner.at < inner.body.length) {
    const tag = readVarint(inner);
    if (tag === REJECTED) result.rejected = readVarint(inner);
    else if (tag === ERROR_MESSAGE) result.message = readBytes(inner).toString('utf8');
    else throw new RangeError(`Tag ${tag} is not known here.`);
  }
  return result;
}

interface Reader {
  body: Buffer;
  at: number;
}

function readVarint(reader: Reader): number {
  let value = 0;
  for (let shift = 0; shift < 49; shift += 7) {
    const byte = reader.body.readUInt8(reader.at++);
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw new RangeError('The number is too large.');
}

function readBytes(reader: Reader): Buffer {
  const end = readVarint(reader) + reader.at;
  if (end > reader.body.length) throw new RangeError('The answer ends too early.');
  const bytes = reader.body.subarray(reader.at, end);
  reader.at = end;
  return bytes;
}
