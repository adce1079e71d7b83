import { Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { createSchedulerRole, sendStatements } from './scheduler-role.ts';
import type { TaskFunction } from './task-function.ts';
import type { ITaskQueue } from './task-queue.ts';

export interface OneTimeSchedulesProps {
  /** The group is `<stage>-tasks`. */
  readonly stage: string;
  /** That a message for later may go to. */
  readonly queues: readonly ITaskQueue[];
}

/** No ARN of a role that CloudFormation names is longer; until it is deployed it is not known. */
const LONGEST_ROLE_ARN = `arn:aws-us-gov:iam::123456789012:role/${'x'.repeat(64)}`;

/**
 * What `at` of `enqueue` needs: a group for the one-time schedules that it makes, each of which
 * deletes itself, and the role that EventBridge Scheduler sends them with.
 */
export class OneTimeSchedules extends Construct {
  readonly groupName: string;
  /** May send to the queues, and nothing else. */
  readonly role: Role;

  constructor(scope: Construct, id: string, { stage, queues }: OneTimeSchedulesProps) {
    super(scope, id);
    this.groupName = `${stage}-tasks`;
    new ScheduleGroup(this, 'Group', { scheduleGroupName: this.groupName });
    this.role = createSchedulerRole(this, queues.flatMap(sendStatements));
  }

  /** Lets a function make schedules of this group, with this role, and tells it of both. */
  grantCreate(taskFunction: TaskFunction): void {
    const stack = Stack.of(this);
    const { partition, region, account } = stack;
    taskFunction.setVariable('SCHEDULE_GROUP', this.groupName);
    taskFunction.setVariable('SCHEDULE_ROLE_ARN', this.role.roleArn, LONGEST_ROLE_ARN);
    const resource = `schedule/${this.groupName}/*`;
    taskFunction.allow(
      ['scheduler:CreateSchedule'],
      [stack.formatArn({ service: 'scheduler', resource })],
    );
    taskFunction.role.addToPolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      }),
    );
    // cdk-nag writes references in angle brackets.
    const written = (value: string, name: string) =>
      Token.isUnresolved(value) ? `<AWS::${name}>` : value;
    const place = `${written(region, 'Region')}:${written(account, 'AccountId')}`;
    Validations.of(taskFunction.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:${written(partition, 'Partition')}:scheduler:${place}:${resource}]`,
      reason: 'A one-time schedule has the name of its task id, which is made when it is enqueued.',
    });
  }
}
