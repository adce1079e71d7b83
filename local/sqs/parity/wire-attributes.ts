/** A message attribute on the wire: binary values in base64. */
export interface WireAttribute {
  DataType?: string;
  StringValue?: string;
  BinaryValue?: string;
}

export type WireAttributes = Record<string, WireAttribute>;
