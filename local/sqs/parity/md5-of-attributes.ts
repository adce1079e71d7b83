import { createHash } from 'node:crypto';
import type { WireAttributes } from './wire-attributes.ts';

/**
 * SQS's digest of message attributes, `undefined` of none: name, type and value in the order of
 * the names, each preceded by its length ("Calculating the MD5 message digest for message
 * attributes" in the SQS Developer Guide).
 */
export function md5OfAttributes(attributes: WireAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const { DataType = '', StringValue, BinaryValue } = attributes[name] ?? {};
    add(Buffer.from(name));
    add(Buffer.from(DataType));
    hash.update(Buffer.from([BinaryValue === undefined ? 1 : 2]));
    add(
      BinaryValue === undefined
        ? Buffer.from(StringValue ?? '')
        : Buffer.from(BinaryValue, 'base64'),
    );
  }
  return hash.digest('hex');
}
