import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
} from './parity/change-message-visibility.ts';
import { deleteMessage, deleteMessageBatch } from './parity/delete-message.ts';
import { queueNameOf } from './parity/find-queue.ts';
import { listQueues } from './parity/list-queues.ts';
import type { MessageMoveTasks } from './parity/message-move-tasks.ts';
import { getQueueAttributes } from './parity/queue-counters.ts';
import { createQueue, getQueueUrl } from './parity/queue-urls.ts';
import { receiveMessage } from './parity/receive-message.ts';
import { sendMessage } from './parity/send-message.ts';
import { sendMessageBatch } from './parity/send-message-batch.ts';
import type { SqsAction, SqsActionContext, SqsRequest } from './sqs-action.ts';

/** The SQS API: what `parity/` answers, and fauxqs for the rest. */
export function createSqsActions(
  moveTasks: MessageMoveTasks,
): (action: string, request: SqsRequest, context: SqsActionContext) => Promise<object> {
  const actions = new Map<string, SqsAction>(
    Object.entries({
      CreateQueue: createQueue,
      GetQueueUrl: getQueueUrl,
      ListQueues: listQueues,
      GetQueueAttributes: getQueueAttributes,
      SendMessage: sendMessage,
      SendMessageBatch: sendMessageBatch,
      ReceiveMessage: receiveMessage,
      DeleteMessage: deleteMessage,
      DeleteMessageBatch: deleteMessageBatch,
      ChangeMessageVisibility: changeMessageVisibility,
      ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
      StartMessageMoveTask: moveTasks.start,
      ListMessageMoveTasks: moveTasks.list,
      CancelMessageMoveTask: moveTasks.cancel,
    }),
  );
  return (action, request, context) => {
    const run = actions.get(action);
    if (run !== undefined) return run(request, context);
    return request['QueueUrl'] === undefined
      ? context.engine.call(action, request)
      : context.engine.call(action, { ...request, QueueUrl: queueNameOf(request) });
  };
}
