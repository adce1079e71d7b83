import type { WireAttributes } from './wire-attributes.ts';

/** 1 MiB since August 2025, of one message and of a batch in sum. */
export const maxMessageBytes = 1_048_576;

/** What counts towards the limit: the body and each attribute's name, type and value, in bytes. */
export function messageSize(body: string, attributes: WireAttributes): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType ?? '');
    bytes += Buffer.byteLength(StringValue ?? '');
    bytes += Buffer.byteLength(BinaryValue ?? '', 'base64');
  }
  return bytes;
}
