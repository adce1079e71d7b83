import { SpanKind, trace } from '@opentelemetry/api';
import { isRetryable } from '../errors/is-retryable.ts';
import { messagingAttributes, TASK_ID, TASK_NAME } from '../instrumentation/attributes.ts';
import { toError } from '../instrumentation/error-type.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import { redact } from '../instrumentation/redact.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../instrumentation/scope.ts';
import { buildDeadLetterCopies } from './dead-letter-copy.ts';
import { type Failure, failureType } from './decide-outcome.ts';
import type { MessageFacts } from './message-facts.ts';
import type { WorkerEnvironment } from './worker-environment.ts';

/**
 * Copies a dead message to its dead-letter queue, in a `send <queue>-dlq` span of its own trace.
 * When SQS refuses the copy it is sent once more with the original attributes alone, and when it
 * cannot be reached once more as it is.
 *
 * @returns whether SQS has the copy. Only then may the message be acknowledged.
 */
export async function sendDeadLetter(
  { record, queue, attempt, id, taskName }: MessageFacts,
  failure: Failure,
  { sqs, log, deadline }: WorkerEnvironment,
): Promise<boolean> {
  const { dlqUrl } = queue;
  if (dlqUrl === undefined) {
    log.error(`QUEUES has no dlqUrl for "${queue.name}"; the message stays on its queue.`);
    return false;
  }
  const sqsName = dlqUrl.slice(dlqUrl.lastIndexOf('/') + 1);
  const span = trace.getTracer(SCOPE_NAME, SCOPE_VERSION).startSpan(`send ${queue.name}-dlq`, {
    kind: SpanKind.PRODUCER,
    attributes: {
      ...messagingAttributes('send', { sqsName, url: dlqUrl }),
      [TASK_NAME]: taskName,
      [TASK_ID]: id,
    },
  });
  try {
    const copies = buildDeadLetterCopies(record, dlqUrl, {
      errorType: failureType(failure),
      errorMessage: redact(toError(failure.error).message),
      attempts: attempt,
      failedAt: new Date(),
    });
    const { sendMessage } = await sqs();
    const send = (input: typeof copies.plain) => sendMessage(input, deadline.boundCall());
    const messageId = await send(copies.withCause).catch((error: unknown) =>
      // A refusal may be for what was added; anything else has nothing to do with the copy.
      send(isRetryable(error) ? copies.withCause : copies.plain),
    );
    span.setAttribute('messaging.message.id', messageId);
    return true;
  } catch (error) {
    recordFailure(span, error);
    log.error('the copy to the dead-letter queue failed; the message stays on its queue', {
      'error.message': toError(error).message,
    });
    return false;
  } finally {
    span.end();
  }
}
