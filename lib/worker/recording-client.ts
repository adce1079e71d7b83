import {
  ChangeMessageVisibilityBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import type { SqsSender } from './sqs-calls.ts';

/** A copy that a worker sent to a dead-letter queue. */
export type DeadLetter = Pick<
  SendMessageCommandInput,
  'QueueUrl' | 'MessageBody' | 'MessageAttributes' | 'MessageGroupId'
>;

/** Stands in for SQS where a task is run without it: takes every call and keeps dead letters. */
export function createRecordingClient(): { client: SqsSender; deadLetters: DeadLetter[] } {
  const deadLetters: DeadLetter[] = [];
  const send = async (command: { input: unknown }): Promise<unknown> => {
    if (command instanceof SendMessageCommand) {
      deadLetters.push(command.input);
      return { MessageId: `dead-letter-${deadLetters.length}` };
    }
    return command instanceof ChangeMessageVisibilityBatchCommand ? { Failed: [] } : {};
  };
  return { client: { send: send as SqsSender['send'] }, deadLetters };
}
