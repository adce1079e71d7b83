import { type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

export interface DeadLetter {
  /** The task id. */
  id: string;
  /** leadline.error.type */
  errorType?: string;
  /** By SQS itself, and not copied by the worker. */
  moved: boolean;
}

/** Everything in the dead-letter queues. It stays there, hidden for longer than a soak takes. */
export async function readDeadLetters(
  client: SQSClient,
  queueUrls: readonly string[],
): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (const QueueUrl of queueUrls) {
    const receive = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 600,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['DeadLetterQueueSourceArn'],
    });
    for (;;) {
      const { Messages = [] } = await client.send(receive);
      if (Messages.length === 0) break;
      letters.push(...Messages.map(readDeadLetter));
    }
  }
  return letters;
}

function readDeadLetter({ Body = '{}', Attributes, MessageAttributes }: Message): DeadLetter {
  const { id } = JSON.parse(Body) as { id?: unknown };
  const errorType = MessageAttributes?.['leadline.error.type']?.StringValue;
  return {
    id: String(id),
    ...(errorType !== undefined && { errorType }),
    moved: Attributes?.DeadLetterQueueSourceArn !== undefined,
  };
}
