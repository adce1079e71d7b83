import { SqsRefusal } from '../sqs-refusal.ts';

/** What a receipt handle stands for. SQS's own are as opaque, and as long-lived. */
export interface Receipt {
  queueName: string;
  messageId: string;
  engineHandle: string;
  /** Epoch milliseconds. */
  receivedAt: number;
}

export function createReceiptHandle(receipt: Receipt): string {
  const { queueName, messageId, engineHandle, receivedAt } = receipt;
  const fields = ['receipt', queueName, messageId, engineHandle, receivedAt];
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** fauxqs takes any string; SQS refuses one that it did not make for this queue. */
export function readReceiptHandle(handle: unknown, queueName: string): Receipt {
  const text = String(handle ?? '');
  if (text === '') {
    throw new SqsRefusal(
      'MissingParameter',
      'The request must contain the parameter ReceiptHandle.',
    );
  }
  const fields = parse(text);
  if (fields?.[0] !== 'receipt' || fields[1] !== queueName) {
    throw new SqsRefusal(
      'ReceiptHandleIsInvalid',
      `The input receipt handle "${text}" is not a valid receipt handle.`,
    );
  }
  return {
    queueName,
    messageId: String(fields[2]),
    engineHandle: String(fields[3]),
    receivedAt: Number(fields[4]),
  };
}

function parse(text: string): unknown[] | undefined {
  try {
    const fields: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(fields) ? fields : undefined;
  } catch {
    return undefined;
  }
}
