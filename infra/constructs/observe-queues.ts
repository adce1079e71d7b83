import { Stack, Token, Validations } from 'aws-cdk-lib';
import { setQueuesVariable } from './queues-variable.ts';
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
  taskFunction.allow(['cloudwatch:GetMetricData'], ['*']);
  acknowledgeWildcard(taskFunction, '*', NO_NARROWER);
  if (props.discoverQueues) {
    const prefix = `${props.stage}-`;
    taskFunction.setVariable('QUEUE_NAME_PREFIX', prefix);
    taskFunction.allow(['sqs:ListQueues', 'lambda:ListEventSourceMappings'], ['*']);
    allowPrefix(taskFunction, 'sqs:GetQueueAttributes', {
      service: 'sqs',
      resource: `${prefix}*`,
    });
    return;
  }
  setQueuesVariable(
    taskFunction,
    props.workers.map(({ queue, function: worker, mapping }) => ({
      queue,
      withDeadLetterQueue: true,
      worker: worker.functionName,
      mapping: mapping.eventSourceMappingId,
    })),
    'Set discoverQueues: true, with which it finds them itself by QUEUE_NAME_PREFIX.',
  );
  taskFunction.allow(
    ['sqs:GetQueueAttributes'],
    props.workers.flatMap(({ queue: { queue, deadLetterQueue } }) =>
      [queue, deadLetterQueue].flatMap((each) => each?.queueArn ?? []),
    ),
  );
}

/**
 * Lets the function do something to all that begins with a prefix, with the reason that cdk-nag
 * wants beside a wildcard.
 */
export function allowPrefix(
  taskFunction: TaskFunction,
  action: string,
  target: { service: string; resource: string },
): void {
  const stack = Stack.of(taskFunction);
  taskFunction.allow([action], [stack.formatArn(target)]);
  // cdk-nag writes references in angle brackets.
  const written = (value: string, name: string) =>
    Token.isUnresolved(value) ? `<AWS::${name}>` : value;
  const place = [
    written(stack.partition, 'Partition'),
    target.service,
    written(stack.region, 'Region'),
    written(stack.account, 'AccountId'),
  ];
  acknowledgeWildcard(taskFunction, `arn:${place.join(':')}:${target.resource}`, BY_PREFIX);
}

function acknowledgeWildcard(taskFunction: TaskFunction, resource: string, reason: string): void {
  Validations.of(taskFunction.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${resource}]`,
    reason,
  });
}

const BY_PREFIX = 'discoverQueues: what begins with the stage is found when it is looked for.';
const NO_NARROWER =
  'GetMetricData, ListQueues, ListEventSourceMappings and GetEventSourceMapping of mappings that are not known yet: AWS has nothing narrower than * for them.';
