import { InvalidAnswer } from '../errors/invalid-answer.ts';
import type { AwsClients } from './aws-clients.ts';
import { type PatienceOptions, readPatiently } from './read-patiently.ts';

/** What SQS says of one queue. */
export interface QueueAttributes {
  visible: number;
  inFlight: number;
  delayed: number;
  /** SQS name of the dead-letter queue that its RedrivePolicy names. */
  deadLetterQueue?: string;
  /** SQS names of the queues that its RedriveAllowPolicy takes dead letters from: it is a DLQ. */
  deadLettersOf?: readonly string[];
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;
const NAMES = [...COUNTS, 'RedrivePolicy', 'RedriveAllowPolicy'];

/**
 * One GetQueueAttributes: the policies cost nothing more.
 *
 * @throws InvalidAnswer where a count is missing or no number, and what `readPatiently` throws.
 */
export async function readAttributes(
  queueUrl: string,
  { getQueueAttributes }: Pick<AwsClients, 'getQueueAttributes'>,
  patience: PatienceOptions,
): Promise<QueueAttributes> {
  const attributes = await readPatiently(
    (abortSignal) => getQueueAttributes(queueUrl, NAMES, abortSignal),
    patience,
  );
  const [visible, inFlight, delayed] = COUNTS.map((name) => toCount(name, attributes[name]));
  const deadLetterQueue = arnName(parsePolicy(attributes['RedrivePolicy'])['deadLetterTargetArn']);
  const { redrivePermission, sourceQueueArns } = parsePolicy(attributes['RedriveAllowPolicy']);
  return {
    visible: visible as number,
    inFlight: inFlight as number,
    delayed: delayed as number,
    ...(deadLetterQueue !== undefined && { deadLetterQueue }),
    ...(redrivePermission === 'byQueue' &&
      Array.isArray(sourceQueueArns) && {
        deadLettersOf: sourceQueueArns.flatMap((arn) => arnName(arn) ?? []),
      }),
  };
}

function toCount(name: string, value: unknown): number {
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  throw new InvalidAnswer(`${name} is ${JSON.stringify(value)?.slice(0, 40)}, which is no count.`);
}

function parsePolicy(text: string | undefined): Record<string, unknown> {
  try {
    const policy: unknown = JSON.parse(text ?? '{}');
    return typeof policy === 'object' && policy !== null ? { ...policy } : {};
  } catch {
    return {};
  }
}

function arnName(arn: unknown): string | undefined {
  return typeof arn === 'string' ? arn.slice(arn.lastIndexOf(':') + 1) : undefined;
}
