import {
  SendMessageCommand,
  type SendMessageCommandInput,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export interface ScheduleTargets {
  invoke: (functionName: string, event: string) => Promise<unknown>;
  sqsClient: Pick<SQSClient, 'send'>;
  queueUrl: (queueName: string) => string;
}

/** The universal target: its input is that of SQS's SendMessage. */
const SEND_MESSAGE = /^arn:[\w-]+:scheduler:::aws-sdk:sqs:sendMessage$/;

/** Whether the local stack has such a target. */
export function isLocalTarget(arn: string): boolean {
  return SEND_MESSAGE.test(arn) || /^arn:[\w-]+:(sqs|lambda):/.test(arn);
}

/** Invokes a function, or sends a message to a queue, as EventBridge Scheduler does it. */
export function createRunTarget({
  invoke,
  sqsClient,
  queueUrl,
}: ScheduleTargets): (targetArn: string, input: string) => Promise<unknown> {
  return async (targetArn, input) => {
    const [, , service, , , resource = ''] = targetArn.split(':');
    if (SEND_MESSAGE.test(targetArn)) {
      const message = JSON.parse(input) as SendMessageCommandInput;
      return sqsClient.send(new SendMessageCommand(message));
    }
    if (service === 'sqs') {
      const message = { QueueUrl: queueUrl(resource), MessageBody: input };
      return sqsClient.send(new SendMessageCommand(message));
    }
    const functionName = targetArn.slice(targetArn.lastIndexOf(':') + 1);
    return invoke(functionName, input);
  };
}
