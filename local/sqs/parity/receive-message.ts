import type { EngineQueue, FauxqsEngine } from '../fauxqs-engine.ts';
import type { SqsAction, SqsRequest } from '../sqs-action.ts';
import { SqsRefusal } from '../sqs-refusal.ts';
import { findQueue } from './find-queue.ts';
import { type EngineReceived, receivedMessage } from './received-message.ts';

/** How late a message may be whose delay or visibility timeout ends, or that redrive moved here. */
const lookAgainMilliseconds = 50;

/**
 * A long poll as many short ones. fauxqs cannot end a long poll whose client has hung up: the
 * next message would be handed to nobody and stay hidden until its visibility timeout.
 */
export const receiveMessage: SqsAction = async (request, { engine, arrivals, signal }) => {
  const queue = findQueue(request, engine);
  const deadline = performance.now() + waitSeconds(request, queue) * 1000;
  while (!signal.aborted) {
    const arrival = arrivals.expect(queue.name);
    const received = await receiveNow(request, queue, engine).catch((error: unknown) => {
      arrival.cancel();
      throw error;
    });
    const remaining = deadline - performance.now();
    if (received.length > 0) {
      arrival.cancel();
      if (!signal.aborted) {
        return { Messages: received.map((message) => receivedMessage(message, queue, request)) };
      }
      await handBack(received, queue, engine);
      arrivals.notify(queue.name);
    } else if (remaining <= 0) {
      arrival.cancel();
      break;
    } else {
      await arrival.wait(Math.min(remaining, lookAgainMilliseconds), signal);
    }
  }
  return {};
};

function waitSeconds(request: SqsRequest, queue: EngineQueue): number {
  const seconds = Number(
    request['WaitTimeSeconds'] ?? queue.attributes['ReceiveMessageWaitTimeSeconds'] ?? 0,
  );
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 20) {
    throw new SqsRefusal(
      'InvalidParameterValue',
      `Value ${seconds} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.`,
    );
  }
  return seconds;
}

async function receiveNow(
  request: SqsRequest,
  queue: EngineQueue,
  engine: FauxqsEngine,
): Promise<EngineReceived[]> {
  const answer = await engine.call('ReceiveMessage', {
    QueueUrl: queue.name,
    MaxNumberOfMessages: request['MaxNumberOfMessages'],
    VisibilityTimeout: request['VisibilityTimeout'],
    WaitTimeSeconds: 0,
    MessageSystemAttributeNames: ['All'],
  });
  return (answer['Messages'] ?? []) as EngineReceived[];
}

async function handBack(
  received: readonly EngineReceived[],
  queue: EngineQueue,
  engine: FauxqsEngine,
): Promise<void> {
  for (const { ReceiptHandle } of received) {
    await engine.call('ChangeMessageVisibility', {
      QueueUrl: queue.name,
      ReceiptHandle,
      VisibilityTimeout: 0,
    });
  }
}
