import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ITaskQueue } from './task-queue.ts';

/** What EventBridge Scheduler may do for a schedule or a group, on behalf of this account alone. */
export function createSchedulerRole(scope: Construct, statements: PolicyStatement[]): Role {
  const role = new Role(scope, 'SchedulerRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
  for (const statement of statements) role.addToPolicy(statement);
  return role;
}

/** The right to send to a queue, whatever key encrypts it. */
export function sendStatements({ queue }: ITaskQueue): PolicyStatement[] {
  const key = queue.encryptionMasterKey;
  return [
    new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }),
    ...(key
      ? [
          new PolicyStatement({
            actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
            resources: [key.keyArn],
          }),
        ]
      : []),
  ];
}
