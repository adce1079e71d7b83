import { SqsRefusal } from '../sqs-refusal.ts';
import { isMessageText } from './message-text.ts';
import type { WireAttribute, WireAttributes } from './wire-attributes.ts';

const maxAttributes = 10;

/** Refuses what SQS refuses ("Message metadata" in the SQS Developer Guide). */
export function checkMessageAttributes(attributes: WireAttributes): void {
  const names = Object.keys(attributes);
  if (names.length > maxAttributes) {
    refuse(
      `Number of message attributes [${names.length}] exceeds the allowed maximum [${maxAttributes}].`,
    );
  }
  for (const name of names) {
    checkName(name);
    checkValue(name, attributes[name] ?? {});
  }
}

function checkName(name: string): void {
  if (name.length > 256) refuse('Message attribute names must be shorter than 256 bytes.');
  if (!/^[A-Za-z0-9_.-]+$/.test(name)) {
    refuse(
      `Message attribute name '${name}' can only contain letters, digits, periods, hyphens and underscores.`,
    );
  }
  if (/^(aws\.|amazon\.)/i.test(name)) {
    refuse(`Message attribute names beginning with 'AWS.' or 'Amazon.' are reserved: '${name}'.`);
  }
  if (/^\.|\.$|\.\./.test(name)) {
    refuse(
      `Message attribute name '${name}' cannot start or end with '.' or have two in succession.`,
    );
  }
}

function checkValue(name: string, attribute: WireAttribute): void {
  const { DataType: dataType = '', StringValue: text, BinaryValue: binary } = attribute;
  if (dataType.length > 256 || !/^(String|Number|Binary)(\..+)?$/.test(dataType)) {
    refuse(
      `The type of message attribute '${name}' must be prefixed with "String", "Binary", or "Number", but was: ${dataType}`,
    );
  }
  const value = dataType.startsWith('Binary') ? binary : text;
  if (value === undefined || value === '') {
    refuse(`Message attribute '${name}' must contain a non-empty value of type '${dataType}'.`);
  }
  if (text !== undefined && binary !== undefined) {
    refuse(`Message attribute '${name}' has more than one value.`);
  }
  if (text !== undefined && !isMessageText(text)) {
    refuse(`The value of message attribute '${name}' has a character that is not allowed.`);
  }
  if (
    dataType.startsWith('Number') &&
    !/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text ?? '')
  ) {
    refuse(`Can't cast the value of message attribute '${name}' to a number.`);
  }
}

function refuse(message: string): never {
  throw new SqsRefusal('InvalidParameterValue', message);
}
