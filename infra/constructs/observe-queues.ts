import { Stack, Validations } from 'aws-cdk-lib';
import { queuesVariable } from './queues-variable.ts';
import type { TaskFunction } from './task-function.ts';
import type { TaskWorker } from './task-worker.ts';

/**
 * Tells a function of the queues, and lets it read their figures: of each by its ARN, or, where
 * `discoverQueues` is set, of whatever begins with the stage's prefix.
 */
export function observeQueues(
  taskFunction: TaskFunction,
  props: { workers: readonly TaskWorker[]; stage: string; discoverQueues?: boolean },
): void {
  const stack = Stack.of(taskFunction);
  taskFunction.allow(['cloudwatch:GetMetricData'], ['*']);
  acknowledgeWildcard(
    taskFunction,
    '*',
    'CloudWatch has no rights by metric: GetMetricData takes * only.',
  );
  if (props.discoverQueues) {
    const prefix = `${props.stage}-`;
    taskFunction.function.addEnvironment('QUEUE_NAME_PREFIX', prefix);
    taskFunction.allow(['sqs:ListQueues', 'lambda:ListEventSourceMappings'], ['*']);
    taskFunction.allow(
      ['sqs:GetQueueAttributes'],
      [stack.formatArn({ service: 'sqs', resource: `${prefix}*` })],
    );
    return;
  }
  const variable = queuesVariable(
    taskFunction,
    taskFunction.functionName,
    props.workers.map(({ queue, function: worker, mapping }) => ({
      queue,
      withDeadLetterQueue: true,
      worker: worker.functionName,
      mapping: mapping.eventSourceMappingId,
    })),
    'Set discoverQueues: true, with which it finds them itself by QUEUE_NAME_PREFIX.',
  );
  taskFunction.function.addEnvironment('QUEUES', variable);
  taskFunction.allow(
    ['sqs:GetQueueAttributes'],
    props.workers.flatMap(({ queue: { queue, deadLetterQueue } }) =>
      [queue, deadLetterQueue].flatMap((each) => each?.queueArn ?? []),
    ),
  );
}

/** cdk-nag: a wildcard is a finding until a reason stands beside it. */
export function acknowledgeWildcard(
  taskFunction: TaskFunction,
  resource: string,
  reason: string,
): void {
  Validations.of(taskFunction.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${resource}]`,
    reason,
  });
}
