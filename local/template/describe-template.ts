import { isLocalTarget } from '../schedules/run-target.ts';
import type {
  EventSourceMappingDescription,
  QueueDescription,
  RouteDescription,
  ScheduleDescription,
  StackDescription,
  StackFunction,
  TableDescription,
} from '../stack-description.ts';
import { createResolveValue, type ResolveValue } from './resolve-value.ts';
import { type Resource, resourcesOf, type Template } from './template.ts';

/** The stack that a synthesized template describes, for the local stack to run. */
export function describeTemplate(template: Template): StackDescription {
  // Addresses are not known yet, and of queues only the names matter here.
  const resolve = createResolveValue(template, { queueUrl: (name) => name });
  return {
    queues: resourcesOf(template, 'AWS::SQS::Queue').map((each) => describeQueue(each, resolve)),
    tables: resourcesOf(template, 'AWS::DynamoDB::Table').map(describeTable),
    functions: resourcesOf(template, 'AWS::Lambda::Function').map((each) =>
      describeFunction(each, template),
    ),
    eventSourceMappings: resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map((each) =>
      describeMapping(each, resolve),
    ),
    routes: describeRoutes(template, resolve),
    schedules: describeSchedules(template),
    scheduleGroups: resourcesOf(template, 'AWS::Scheduler::ScheduleGroup').map(({ properties }) =>
      String(properties['Name']),
    ),
  };
}

function describeQueue({ properties }: Resource, resolve: ResolveValue): QueueDescription {
  const { QueueName, FifoQueue, VisibilityTimeout, MessageRetentionPeriod } = properties;
  const redrive = resolve(properties['RedrivePolicy']) as Record<string, unknown> | undefined;
  const allow = resolve(properties['RedriveAllowPolicy']) as Record<string, unknown> | undefined;
  const sources = (allow?.['sourceQueueArns'] ?? []) as string[];
  return {
    queueName: String(QueueName),
    ...(FifoQueue === true && { fifo: true }),
    ...(VisibilityTimeout !== undefined && { visibilityTimeoutSeconds: Number(VisibilityTimeout) }),
    ...(MessageRetentionPeriod !== undefined && {
      messageRetentionSeconds: Number(MessageRetentionPeriod),
    }),
    ...(redrive && {
      redrive: {
        deadLetterQueueName: arnName(redrive['deadLetterTargetArn']),
        maxReceiveCount: Number(redrive['maxReceiveCount']),
      },
    }),
    ...(sources.length > 0 && { redriveAllow: { sourceQueueNames: sources.map(arnName) } }),
  };
}

function describeTable({ id, properties }: Resource): TableDescription {
  const keys = properties['KeySchema'] as { AttributeName: string; KeyType: string }[];
  const [partitionKey, ...others] = keys;
  if (partitionKey?.KeyType !== 'HASH' || others.length > 0) {
    throw new Error(
      `${id} of the template of infra/ has a sort key: the local stack makes tables with a partition key alone.`,
    );
  }
  return { tableName: String(properties['TableName']), partitionKey: partitionKey.AttributeName };
}

function describeFunction(
  { id, properties, metadata }: Resource,
  template: Template,
): StackFunction {
  const { FunctionName, Timeout, MemorySize, ReservedConcurrentExecutions } = properties;
  const bundle = metadata['leadline:bundle'];
  if (typeof bundle !== 'string') {
    throw new Error(
      `${id} of the template of infra/ is no TaskFunction: no bundle can be run for it.`,
    );
  }
  const { Variables = {} } = (properties['Environment'] ?? {}) as { Variables?: object };
  return {
    functionName: String(FunctionName),
    bundle,
    timeoutSeconds: Number(Timeout),
    memoryMb: Number(MemorySize),
    ...(ReservedConcurrentExecutions !== undefined && {
      reservedConcurrency: Number(ReservedConcurrentExecutions),
    }),
    environment: (addresses) =>
      createResolveValue(template, addresses)(Variables) as Record<string, string>,
  };
}

function describeMapping(
  { id, properties }: Resource,
  resolve: ResolveValue,
): EventSourceMappingDescription {
  const { BatchSize, MaximumBatchingWindowInSeconds, ScalingConfig } = properties;
  const { MaximumConcurrency } = (ScalingConfig ?? {}) as { MaximumConcurrency?: number };
  const responseTypes = (properties['FunctionResponseTypes'] ?? []) as string[];
  return {
    uuid: id,
    queueName: arnName(resolve(properties['EventSourceArn'])),
    functionName: String(resolve(properties['FunctionName'])),
    batchSize: Number(BatchSize),
    ...(MaximumBatchingWindowInSeconds !== undefined && {
      maximumBatchingWindowSeconds: Number(MaximumBatchingWindowInSeconds),
    }),
    ...(MaximumConcurrency !== undefined && { maximumConcurrency: MaximumConcurrency }),
    reportBatchItemFailures: responseTypes.includes('ReportBatchItemFailures'),
  };
}

function describeRoutes(template: Template, resolve: ResolveValue): RouteDescription[] {
  const integrations = new Map(
    resourcesOf(template, 'AWS::ApiGatewayV2::Integration').map(({ id, properties }) => [
      id,
      arnName(resolve(properties['IntegrationUri'])),
    ]),
  );
  return resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(({ properties }) => {
    const [method = '', path = ''] = String(properties['RouteKey']).split(' ');
    // {"Fn::Join":["",["integrations/",{"Ref":"<logical id>"}]]}
    const [, integration = ''] = /"Ref":"(\w+)"/.exec(JSON.stringify(properties['Target'])) ?? [];
    return { method, path, functionName: integrations.get(integration) ?? '' };
  });
}

/** Those of functions and queues; other targets are not there. */
function describeSchedules(template: Template): ScheduleDescription[] {
  const resolve = createResolveValue(template, { queueUrl: (name) => name });
  return resourcesOf(template, 'AWS::Scheduler::Schedule').flatMap(({ id, properties }) => {
    const { Arn, Input } = properties['Target'] as { Arn: unknown; Input: unknown };
    if (!isKnown(Arn, template)) return [];
    const targetArn = String(resolve(Arn));
    if (!isLocalTarget(targetArn)) return [];
    const { ScheduleExpressionTimezone: timezone } = properties;
    return [
      {
        name: id,
        expression: String(resolve(properties['ScheduleExpression'])),
        ...(timezone !== undefined && { timezone: String(resolve(timezone)) }),
        targetArn,
        input: (addresses) => String(createResolveValue(template, addresses)(Input)),
      },
    ];
  });
}

/** A target of another kind cannot be resolved, and need not be. */
function isKnown(arn: unknown, { Resources }: Template): boolean {
  const { 'Fn::GetAtt': attribute } = (arn ?? {}) as { 'Fn::GetAtt'?: string[] };
  const type = attribute && Resources[attribute[0] ?? '']?.Type;
  return type === undefined || type === 'AWS::SQS::Queue' || type === 'AWS::Lambda::Function';
}

function arnName(arn: unknown): string {
  const text = String(arn);
  return text.slice(text.lastIndexOf(':') + 1);
}
