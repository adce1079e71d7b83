import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { TaskFunction } from './task-function.ts';

export interface TaskTableProps {
  /** Begins the physical name: the table is `<stage>-task-state`. */
  readonly stage: string;
  /** One that keeps the table protects it from being deleted, too. @default - it goes with the stack */
  readonly removalPolicy?: RemovalPolicy;
}

/** To keep what becomes of tasks. No Query and no Scan: the table is read by key. */
const KEEP_STATE = ['dynamodb:GetItem', 'dynamodb:UpdateItem'];
/** The record before the message, which is gone again where SQS does not take the message. */
const KEEP_QUEUED = ['dynamodb:PutItem', 'dynamodb:DeleteItem'];
/** Of running tasks, of the members of a group, of schedules. */
const READ_MANY = 'dynamodb:BatchGetItem';

/** The DynamoDB table of task state: on demand, encrypted, recoverable to any second of 35 days. */
export class TaskTable extends Construct {
  readonly table: Table;
  private readonly tableName: string;

  constructor(scope: Construct, id: string, props: TaskTableProps) {
    super(scope, id);
    const { stage, removalPolicy = RemovalPolicy.DESTROY } = props;
    this.tableName = `${stage}-task-state`;
    this.table = new Table(this, 'Table', {
      tableName: this.tableName,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expires_at',
      // The key aws/dynamodb: its uses are in CloudTrail, which those of DynamoDB's own key are not.
      // No monthly price and no right of ours, as a key of the customer would ask for; DynamoDB asks
      // KMS once in five minutes a connection.
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy,
    });
  }

  /** Lets a function enqueue tasks with a record, read it and revoke them. */
  allowEnqueue(taskFunction: TaskFunction): void {
    this.allow(taskFunction, [...KEEP_STATE, ...KEEP_QUEUED]);
  }

  /** Lets a worker keep what becomes of its tasks, and of those that they enqueue. */
  allowWork(taskFunction: TaskFunction, { enqueues }: { enqueues: boolean }): void {
    this.allow(taskFunction, [...KEEP_STATE, READ_MANY, ...(enqueues ? KEEP_QUEUED : [])]);
  }

  /** Lets a function write and read when schedules last ran. */
  allowLastRuns(taskFunction: TaskFunction): void {
    this.allow(taskFunction, [READ_MANY, 'dynamodb:UpdateItem']);
  }

  private allow(taskFunction: TaskFunction, actions: readonly string[]): void {
    taskFunction.setVariable('TASK_TABLE', this.table.tableName, this.tableName);
    taskFunction.allow([...actions], [this.table.tableArn]);
  }
}
