import type { EngineQueue } from '../fauxqs-engine.ts';
import type { SqsRequest } from '../sqs-action.ts';
import { SqsRefusal } from '../sqs-refusal.ts';
import { checkMessageAttributes } from './check-message-attributes.ts';
import { messageSize } from './message-size.ts';
import { isMessageText } from './message-text.ts';
import type { WireAttributes } from './wire-attributes.ts';

/** A message that SQS would take. */
export interface CheckedMessage {
  body: string;
  attributes: WireAttributes;
  systemAttributes: WireAttributes;
  delaySeconds: number | undefined;
  groupId: string | undefined;
  deduplicationId: string | undefined;
}

/** Checks one message of SendMessage or SendMessageBatch. @throws SqsRefusal */
export function checkMessage(request: SqsRequest, queue: EngineQueue): CheckedMessage {
  const message: CheckedMessage = {
    body: String(request['MessageBody'] ?? ''),
    attributes: (request['MessageAttributes'] ?? {}) as WireAttributes,
    systemAttributes: (request['MessageSystemAttributes'] ?? {}) as WireAttributes,
    delaySeconds: request['DelaySeconds'] as number | undefined,
    groupId: request['MessageGroupId'] as string | undefined,
    deduplicationId: request['MessageDeduplicationId'] as string | undefined,
  };
  checkBody(message.body);
  checkMessageAttributes(message.attributes);
  checkSystemAttributes(message.systemAttributes);
  checkDelay(message.delaySeconds);
  checkId('MessageGroupId', message.groupId);
  checkId('MessageDeduplicationId', message.deduplicationId);
  const maxBytes = Number(queue.attributes['MaximumMessageSize']);
  if (messageSize(message.body, message.attributes) > maxBytes) {
    invalid(
      `One or more parameters are invalid. Reason: Message must be shorter than ${maxBytes} bytes.`,
    );
  }
  if (message.deduplicationId !== undefined && queue.attributes['FifoQueue'] !== 'true') {
    invalid(
      `Value ${message.deduplicationId} for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not valid for this queue type.`,
    );
  }
  return message;
}

function checkBody(body: string): void {
  if (body === '') {
    throw new SqsRefusal('MissingParameter', 'The request must contain the parameter MessageBody.');
  }
  if (!isMessageText(body)) {
    throw new SqsRefusal(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
    );
  }
}

function checkSystemAttributes(attributes: WireAttributes): void {
  for (const [name, { DataType, StringValue }] of Object.entries(attributes)) {
    if (name !== 'AWSTraceHeader' || DataType !== 'String' || !StringValue) {
      invalid(`Message system attribute '${name}' is invalid: only AWSTraceHeader, a String, is.`);
    }
  }
}

function checkDelay(seconds: number | undefined): void {
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 0 && seconds <= 900)) {
    invalid(
      `Value ${seconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`,
    );
  }
}

function checkId(parameter: string, id: string | undefined): void {
  if (id !== undefined && !/^[\x21-\x7e]{1,128}$/.test(id)) {
    invalid(
      `Value ${id} for parameter ${parameter} is invalid. Reason: ${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    );
  }
}

function invalid(message: string): never {
  throw new SqsRefusal('InvalidParameterValue', message);
}
